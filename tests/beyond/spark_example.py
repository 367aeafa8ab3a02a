"""Spark: mapInArrow over two local workers. Exit status 1 where the answer is not the local one. See spark.sh."""

from __future__ import annotations

import os
import sys
import time
import warnings

# Workers take python3 from the PATH, which need not be the one with dosenote; and the name of this machine need not be
# one that can be reached. Both before Spark starts.
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

from made import local_rows, sorted_rows, table
from pyspark.sql import SparkSession

from dosenote.arrow import DDL, check_batches

ROWS = 5000


def main() -> int:
    warnings.simplefilter("error", UserWarning)  # of versions of pandas and pyarrow that do not go together
    start = time.perf_counter()
    spark = (
        SparkSession.builder.master("local[2]")
        .appName("dosenote")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "700")
        .getOrCreate()
    )
    try:
        begun = time.perf_counter()
        regimens = table(ROWS)
        frame = spark.createDataFrame(regimens).repartition(4)
        assert frame.rdd.getNumPartitions() == 4
        found = sorted_rows(frame.mapInArrow(check_batches, DDL).toArrow().to_pylist())
        took = time.perf_counter() - begun
    finally:
        spark.stop()
    is_same = found == local_rows(regimens)
    answer = "the local answer" if is_same else "DIFFERENT"
    times = f"{begun - start:.1f} s to start, {took:.1f} s"
    sys.stdout.write(f"Spark: {ROWS:,} regimens, {len(found):,} rows, {times}: {answer}\n")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())

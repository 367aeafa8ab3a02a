"""Code systems and units of FHIR, as far as each was confirmed."""

from __future__ import annotations

#: The systems of the codes in rules/vocabulary. CAS numbers have no system that was confirmed.
SYSTEMS: dict[str, str] = {
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "unii": "http://fdasis.nlm.nih.gov",
    "atc": "http://www.whocc.no/atc",
}
UCUM = "http://unitsofmeasure.org"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TIMING_CODE = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_CERTAINTY = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

#: Our units in UCUM. IU are not among them: UCUM has a code for them, and cannot convert it.
UCUM_UNITS: dict[str, str] = {
    "ng": "ng",
    "mcg": "ug",
    "mg": "mg",
    "g": "g",
    "ng/mL": "ng/mL",
    "nmol/L": "nmol/L",
    "mg/dL": "mg/dL",
    "mmol/L": "mmol/L",
}
#: Units of time, as in Timing.repeat.periodUnit.
PERIODS: dict[str, str] = {"hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}

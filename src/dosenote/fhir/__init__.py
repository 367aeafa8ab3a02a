"""FHIR R4 (4.0.1, and R4B where the resources are the same): what the reader and the writer share, and the reader."""

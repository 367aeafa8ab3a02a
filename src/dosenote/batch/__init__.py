"""Many regimens: blocks of a file, what each row says, its findings, and files that are whole or not there."""

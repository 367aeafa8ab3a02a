"""dosenote: sourced notes on vitamin D3, vitamin K2 and calcium, to talk over with a doctor or pharmacist."""

__version__ = "0.1.0"

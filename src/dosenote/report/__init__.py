"""Findings → Report: order, counts, coverage and verdict; everything that a format may print."""

from dosenote.report.build import build_report
from dosenote.report.model import Report

__all__ = ["Report", "build_report"]

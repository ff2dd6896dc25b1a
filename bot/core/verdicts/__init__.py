"""Judgement: lenses, the scan, scores, verdicts, calls of models, objections."""

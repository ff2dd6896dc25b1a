"""The words of every prompt, one file each: what a model is told, with a worked example a lens."""

"""Krippendorff's alpha by the package of that name, which comes with the extra `eval` (it is GPL, and needs numpy)."""

from math import nan

from bot.core.errors import SettingsError
from bot.core.evaluation.trials import Alpha, Table

REMEDY = 'Install it: pip install "copecheck[eval]".'


def load_alpha() -> Alpha:
    """The function of the package; `SettingsError` with the remedy where it is not installed."""
    try:
        import krippendorff
    except ImportError:
        raise SettingsError("The package krippendorff, which measures agreement, is not installed.", REMEDY) from None

    def alpha(table: Table) -> float:
        """Alpha of labels as names, without any order between them."""
        numbers = [[nan if label is None else float(label) for label in row] for row in table]
        return float(krippendorff.alpha(reliability_data=numbers, level_of_measurement="nominal"))

    return alpha

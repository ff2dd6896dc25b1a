"""Counts as Slack's own chart: a `data_visualization` block of two series of bars, named and not named.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block; a workspace that refuses it gets the lines.
"""

from typing import Any

from bot.core.posts.post import Chart
from bot.platforms.slack.posting.escape import cut, safe

TITLE, LABEL = 50, 20
MOST_BARS = 20


def chart_block(chart: Chart) -> dict[str, Any] | None:
    """The chart as a block; None where Slack could not tell its bars apart."""
    labels = [cut(safe(bar.label).strip(), LABEL) for bar in chart.bars[:MOST_BARS]]
    if not labels or not all(labels) or len(set(labels)) < len(labels):
        return None
    counts = [bar.count for bar in chart.bars], [bar.of - bar.count for bar in chart.bars]
    series = [
        {
            "name": cut(safe(name), LABEL),
            "data": [{"label": label, "value": count} for label, count in zip(labels, of_series, strict=False)],
        }
        for name, of_series in zip((chart.named, chart.others), counts, strict=True)
    ]
    axis = {"categories": labels, "y_label": "papers"}
    return {
        "type": "data_visualization",
        "title": cut(safe(chart.title), TITLE),
        "chart": {"type": "bar", "series": series, "axis_config": axis},
    }

"""A window and a button as an app sends them to Slack."""

BUTTON = {"type": "button", "action_id": "cc1.0", "text": {"type": "plain_text", "text": "Why"}, "value": "why"}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]
MODAL = {
    "type": "modal",
    "callback_id": "feedback",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Feedback"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}

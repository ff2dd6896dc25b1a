"""Every post that is about papers, made from values: the one door to cards, full analyses and a follow's day."""

from bot.core.present_analysis import full_analysis as full_analysis
from bot.core.present_card import card as card
from bot.core.present_card import withdrawn as withdrawn
from bot.core.sheet import Sheet as Sheet

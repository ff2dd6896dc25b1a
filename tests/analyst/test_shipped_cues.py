"""Every item of every shipped lens: a sentence that states it, one that does not, and one that denies or misleads."""

import pytest

from bot.core.verdicts.verdict import Label
from bot.lenses.load import load_lenses
from bot.text.scan import scan
from bot.text.split import split

TITLE = "An autonomous assistant for clinical decisions"
BASE = "An assistant agent answers."

STATES = {
    "discontinuity.worker": "Radiologists must read each scan twice.",
    "discontinuity.human_baseline": "The agent lags behind human performance.",
    "discontinuity.human_cost": "Expert annotation is costly.",
    "discontinuity.oversight": "A human-in-the-loop approves each letter.",
    "discontinuity.consequence": "Wrong advice can cause injuries.",
    "discontinuity.gains": "The tool helps nurses.",
    "discontinuity.pays": "Vulnerable groups are served worse.",
    "discontinuity.where": "It has been deployed in a hospital.",
    "discontinuity.deployer": "It was built in collaboration with Northfield Clinic.",
    "discontinuity.limits": "Our results show that the agent fails on long cases.",
    "discontinuity.compute": "Training takes 14 hours on one GPU.",
    "discontinuity.price": "The whole run costs USD 3.",
    "discontinuity.misuse": "We study prompt injection.",
    "discontinuity.outside": "A user study with 64 participants confirms this.",
    "reproducibility.code": "Our code is publicly available.",
    "reproducibility.data": "We introduce a benchmark of 900 letters.",
    "reproducibility.baselines": "It outperforms two rivals.",
    "reproducibility.tested_on": "We evaluate it on four benchmarks.",
    "reproducibility.numbers": "Accuracy rises to 91.2%.",
    "reproducibility.uncertainty": "We report means over five random seeds.",
    "reproducibility.ablation": "Ablations show which part matters.",
    "reproducibility.models": "We fine-tune Llama-3.1-8B.",
    "reproducibility.compute": "Inference latency is halved.",
    "reproducibility.limits": "Experiments reveal that the agent struggles with long cases.",
    "reproducibility.contamination": "We check for benchmark contamination.",
    "plain.what": "We propose a method.",
    "plain.problem": "However, existing methods struggle with long letters.",
    "plain.whom": "The tool supports teachers.",
    "plain.how": "We propose a framework that sorts letters by their first line.",
    "plain.claim": "It outperforms strong baselines.",
    "plain.how_much": "Error falls by 12%.",
    "plain.shown_on": "Experiments on three benchmarks confirm this.",
    "plain.against": "It is on par with the best method.",
    "plain.cannot": "We find that it fails on long letters.",
    "plain.get": "Data are available at https://example.org.",
}

DOES_NOT = {
    "discontinuity.worker": [
        "Letters are read.",
        "It works without manual labour.",
        "Mixture-of-experts routing is used.",
    ],
    "discontinuity.human_baseline": ["Letters are read.", "Human ratings were collected."],
    "discontinuity.human_cost": ["Letters are long.", "Training is long."],
    "discontinuity.oversight": ["Letters are written.", "It runs without human oversight."],
    "discontinuity.consequence": ["Letters are written.", "Jailbreak attacks can cause harm."],
    "discontinuity.gains": [
        "The tool sorts letters.",
        "Existing tools do not help nurses.",
        "The student model helps.",
    ],
    "discontinuity.pays": ["Letters are written.", "We prove an inequality."],
    "discontinuity.where": ["Letters are written.", "LLMs are increasingly deployed in hospitals."],
    "discontinuity.deployer": ["Letters are written."],
    "discontinuity.limits": ["Existing methods fail on long cases.", "Our method works without degradation."],
    "discontinuity.compute": ["It is a pleasure to train.", "The agent is efficient."],
    "discontinuity.price": ["The costume is blue.", "A cost map is drawn."],
    "discontinuity.misuse": ["The attaché was present.", "A generative adversarial network is used."],
    "discontinuity.outside": ["We use a benchmark.", "Simulated patients are asked."],
    "reproducibility.code": ["The code of conduct matters.", "The code is not publicly available."],
    "reproducibility.data": ["We read letters.", "Existing datasets are small."],
    "reproducibility.baselines": ["It performs on a stage.", "Strength is measured relative to the camera."],
    "reproducibility.tested_on": ["It reads letters.", "We argue that evaluation on benchmarks is essential."],
    "reproducibility.numbers": ["Accuracy rises.", "It has 3 parts."],
    "reproducibility.uncertainty": ["We report means.", "It runs."],
    "reproducibility.ablation": ["Parts are named.", "Catheter ablation is a treatment."],
    "reproducibility.models": ["We fine-tune a model.", "Grokking is studied on a Hilbert space with a clip."],
    "reproducibility.compute": ["It is a pleasure to train."],
    "reproducibility.limits": ["Prior work fails on long cases.", "It overcomes the limitations of earlier tools."],
    "reproducibility.contamination": ["Letters are read.", "Privacy leakage is studied."],
    "plain.what": ["Letters pile up."],
    "plain.problem": ["We solve it.", "Our results show that no issue is left."],
    "plain.whom": ["The tool sorts letters.", "The student model supports teachers by distillation."],
    "plain.how": ["Letters pile up.", "Existing frameworks that sort letters are slow."],
    "plain.claim": ["Letters pile up.", "It remains open whether it outperforms them."],
    "plain.how_much": ["Error falls."],
    "plain.shown_on": ["It reads letters.", "Evaluation on benchmarks remains hard."],
    "plain.against": ["It reads letters.", "The absence of baselines is common."],
    "plain.cannot": ["Recent agents fail on long letters.", "We propose a way to overcome such failures."],
    "plain.get": ["Data are described.", "The data are not publicly available."],
}


def label(name: str, sentence: str) -> Label:
    lens, _, item = name.partition(".")
    hits = scan(TITLE, split(f"{BASE} {sentence}"), load_lenses(None)[lens])
    return next(hit.label for hit in hits if hit.item == item)


def test_every_item_of_every_lens_is_tried() -> None:
    shipped = {f"{lens.key}.{asked.key}" for lens in load_lenses(None).values() for asked in lens.checklist}
    assert shipped == set(STATES) == set(DOES_NOT)


@pytest.mark.parametrize("name", STATES)
def test_a_sentence_that_states_it_addresses_the_item(name: str) -> None:
    assert label(name, STATES[name]) is Label.ADDRESSED


@pytest.mark.parametrize(("name", "sentence"), [(name, one) for name, many in DOES_NOT.items() for one in many])
def test_a_sentence_that_does_not_state_it_addresses_nothing(name: str, sentence: str) -> None:
    assert label(name, sentence) is not Label.ADDRESSED

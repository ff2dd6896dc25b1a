"""Words of authors and of arXiv's administrators that say a paper is withdrawn, and words that only sound like it."""

import pytest

from tests.fakes.worlds import paper

NOTICES = (
    "This paper has been withdrawn",
    "This paper has been withdrawn by the author(s), due to a sign error in Eqn. 1.",
    "This submission has been withdrawn by arXiv administrators because its cupboards are fictitious",
    "Withdrawn by arXiv administrators due to concerns about the cupboards",
    "arXiv admin note: This submission has been withdrawn by arXiv administrators due to text overlap",
    "arXiv admin note: submission withdrawn as it breaks arXiv's policy",
    "arXiv admin comment: This version has been removed by arXiv administrators",
    "Withdrawn because of a flaw in section 3.",
    "Withdrawn; superseded by 2606.00009",
    "withdrawn.",
    "WITHDRAWN: an error in Lemma 3",
    "[Withdrawn] see v1",
    "Paper withdrawn due to an error in Theorem 2",
    "The paper is withdrawn because the proof is wrong",
    "The paper has been withdrawn (a cupboard was counted twice)",
    "The submission has been withdrawn at the request of the authors",
    "This paper was withdrawn by the authors",
    "This paper has now been withdrawn",
    "This article has been temporarily withdrawn due to a pending patent",
    "This paper has, unfortunately, been withdrawn",
    "This arXiv submission has been withdrawn",
    "This manuscript has been withdrawn from arXiv by the authors",
    "This paper has been withdrawn due to feedback from a reader",
    "This paper has been withdrawn after an error was found",
    "This preprint has been retracted by its authors",
    "The authors have withdrawn this paper because of a mistake",
    "The corresponding author has withdrawn this paper",
    "We withdraw this paper because of an error",
    "I am withdrawing this submission",
    "12 pages, 3 figures. This paper has been withdrawn by the author",
    "23 pages; this paper has been withdrawn by the author",
    "5 pages, withdrawn",
    "v3: This paper has been withdrawn by the author",
    "{\\bf This paper has been withdrawn} by the authors",
    "*** This paper has been withdrawn ***",
    "Withdrawn by the corresponding author",
    "Withdrawn and replaced by 2606.00009",
    "We withdraw this paper, for Lemma 3 is wrong",
    "This paper was withdrawn as it holds an error",
    "This paper has been withdrawn, by the authors, from arXiv",
)
MENTIONS = (
    "9 pages. This paper was withdrawn from the proceedings of a conference for lack of money",
    "Accepted to a workshop (withdrawn before presentation)",
    "v2; a claim has been withdrawn",
    "Withdrawn from ICLR 2025",
    "Withdrawn submission to ICLR 2025",
    "ICLR 2024 (withdrawn)",
    "This paper has been withdrawn from NeurIPS 2025 and resubmitted to ICML",
    "This paper has been withdrawn by the authors from CVPR",
    "This paper was withdrawn after acceptance at ICML",
    "This paper supersedes arXiv:2101.00001, which has been withdrawn",
    "A previous version of this paper was withdrawn",
    "The first version was withdrawn due to an error; this version corrects it",
    "v1 was withdrawn due to an error, this is the corrected version",
    "This paper had been withdrawn, and is back",
    "This paper was previously withdrawn",
    "10 pages. Code withdrawn due to its licence",
    'Comment on "This paper has been withdrawn": a study of notices',
    "We have withdrawn the claim of Section 4",
    "The data set has been withdrawn",
    "We withdraw this paper's claim about rings",
    "We retract this manuscript’s Theorem 3; all else stands",
    "Retracted and corrected papers: the data are at https://example.org",
    "This paper was withdrawn, by the authors, from ICLR 2025",
    "This paper was withdrawn as an ICLR 2025 submission and accepted at TMLR",
    "This paper has been withdrawn by mistake and is reinstated here",
)


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_in_the_comment_withdraws_the_paper(notice: str) -> None:
    assert paper(1, comment=notice).is_withdrawn
    assert paper(1, comment=f"  {notice.replace(' ', '  ', 3)}\n").is_withdrawn


@pytest.mark.parametrize(
    "notice",
    [
        "This paper has been withdrawn by the author.",
        "Withdrawn due to an error.",
        "Withdrawn.",
        "The proof of Lemma 3 is wrong. This paper has been withdrawn.",
        "arXiv admin note: This submission has been withdrawn by arXiv administrators.",
    ],
)
def test_a_notice_in_place_of_the_abstract_withdraws_the_paper(notice: str) -> None:
    assert paper(1, abstract=notice).is_withdrawn


@pytest.mark.parametrize("mention", MENTIONS)
def test_a_mention_withdraws_nothing(mention: str) -> None:
    assert not paper(1, comment=mention).is_withdrawn


@pytest.mark.parametrize(
    "abstract",
    [
        "Withdrawn due to safety concerns, many drugs leave the market. "
        + "We study how often such drugs return. " * 9,
        "Retracted and withdrawn articles are cited for years. We count how often.",
        "Withdrawn papers are cited for years. We count how often, and by whom.",
        "We ask why papers are taken back. This paper has been withdrawn is what most authors write. " * 4,
    ],
)
def test_an_abstract_about_withdrawals_withdraws_nothing(abstract: str) -> None:
    assert not paper(1, abstract=abstract).is_withdrawn

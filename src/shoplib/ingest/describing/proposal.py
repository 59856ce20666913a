"""What was guessed about a file: mapping and scenario as plain values, each guess scored, each doubt asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shoplib.base import words

OPEN = "?"
"""Stands in a mapping where only a person can say what is right; no file can be read by it."""


@dataclass(frozen=True)
class Reading:
    """One way to read what stands either way, what says so on the command line, and what the file would then hold."""

    setting: dict[str, str]
    flag: str
    meaning: str


@dataclass(frozen=True)
class Doubt:
    """What nothing in a file decides, and each way to read it: nothing is loaded until a person has chosen."""

    subject: str
    example: str
    readings: tuple[Reading, ...]

    @property
    def question(self) -> str:
        """Return the question in one sentence."""
        ways = "; ".join(f"{reading.flag}: {reading.meaning}" for reading in self.readings)
        return f'{self.subject}: "{self.example}" can be read {words.count(len(self.readings))} ways. {ways}'


@dataclass(frozen=True)
class Guess:
    """One guess: what it is about, a score from 0 to 1, and the evidence."""

    subject: str
    score: float
    evidence: str

    @property
    def line(self) -> str:
        """Return the guess in one line."""
        return f"{self.subject}: {self.evidence} (score {self.score:.2f})"


@dataclass
class Proposal:
    """A mapping and a scenario with every guess that was made, every question left, and what must be answered first.

    ``questions`` can wait: what they ask about is read in one way, and said. ``doubts`` cannot: the mapping says
    :data:`OPEN` there. ``account`` tells what became of the file when the mapping was tried out on it.
    """

    mapping: dict[str, Any] = field(default_factory=dict)
    scenario: dict[str, Any] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    account: str = ""

    def note(self, subject: str, score: float, evidence: str) -> None:
        """Keep a guess."""
        self.guesses.append(Guess(subject, round(min(max(score, 0.0), 1.0), 2), evidence))

    def took(self, ours: str, columns: str, score: float, evidence: str) -> None:
        """Keep a guess about a field of ours."""
        self.note(f'{ours} <- "{columns}"', score, evidence)

    def guess_of(self, name: str) -> Guess | None:
        """Return the guess about a field of ours or a part of the file format, ``None`` if it was not guessed."""
        return next((g for g in self.guesses if g.subject == name or g.subject.startswith(f"{name} <- ")), None)

    @property
    def evidence(self) -> list[str]:
        """Return every guess in a line, and what became of the file when it was tried out."""
        return [*(guess.line for guess in self.guesses), *([f"tried out: {self.account}"] if self.account else [])]

"""Which class a new object gets: proposed, chosen, or the one chosen last."""

from __future__ import annotations

__all__ = ["ClassProposals"]


class ClassProposals:
    """The class of the object that is pointed at.

    Attributes:
        proposed: Likely classes with their scores, best first; None while they are not known.
    """

    def __init__(self) -> None:
        self.proposed: tuple[tuple[str, float], ...] | None = None
        self._chosen = self._chosen_last = ""

    @property
    def label(self) -> str:
        """The class; "" while it is not known."""
        from blendmask_live.prompting.naming import UNKNOWN_CLASS, likeliest_class

        if self._chosen or self.proposed is None:
            return self._chosen
        return likeliest_class(self.proposed, self._chosen_last or UNKNOWN_CLASS)

    @property
    def is_doubtful(self) -> bool:
        """Whether the class is only a guess, which somebody should look at."""
        from blendmask_live.prompting.naming import UNKNOWN_CLASS, is_doubtful

        is_guess = not self._chosen and self.label not in ("", UNKNOWN_CLASS)
        return is_guess and is_doubtful(self.proposed or ())

    def choose(self, label: str) -> None:
        """The user says the class."""
        self._chosen = label.strip()

    def settle(self) -> None:
        """The object is kept: a class that was only proposed says nothing of the next one."""
        self._chosen_last = self._chosen or self._chosen_last

    def forget(self) -> None:
        """Another object is next."""
        self.proposed, self._chosen = None, ""

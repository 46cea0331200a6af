"""The languages of the window."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PyQt5.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

__all__ = ["LANGUAGES", "load_language", "translate"]

LANGUAGES: Final = {"system": "", "en": "English", "de": "Deutsch"}
"""Languages that can be chosen -> their own names."""
_FOLDER: Final = Path(__file__).parents[1] / "translations"


def load_language(application: QCoreApplication, choice: str) -> None:
    """Translate Qt's own texts and ours; before the first widget is made.

    Args:
        application: Keeps the translations.
        choice: A key of `LANGUAGES`; what is none of them counts as "system".
    """
    locale = QLocale(choice) if choice in LANGUAGES and choice != "system" else QLocale()
    # For numbers: in an English window they have a point, whatever the system says.
    QLocale.setDefault(locale)
    folders = (
        ("qtbase", QLibraryInfo.location(QLibraryInfo.TranslationsPath)),
        ("blendmask_live", str(_FOLDER)),
    )
    for name, folder in folders:
        translator = QTranslator(application)
        if translator.load(locale, name, "_", folder):
            application.installTranslator(translator)


def translate(text: str) -> str:
    """A text from outside of classes in the user's language.

    To be imported as `_tr`: tools/translate.py looks for texts by this name.
    """
    # The name under which pylupdate5 files such texts.
    return QCoreApplication.translate("@default", text)

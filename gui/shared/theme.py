"""Light and dark, and the style of all widgets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QProcess, QSettings
from PyQt5.QtGui import QColor, QPalette
from PyQt5.QtWidgets import QApplication

__all__ = ["THEMES", "Theme", "apply_theme", "current_theme"]

THEMES: Final = ("system", "dark", "light")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role, as #rrggbb."""

    name: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    dim_text: str
    accent: str
    on_accent: str
    error: str
    news: str
    canvas: str


_DARK: Final = Theme(
    name="dark",
    window="#16181c",
    panel="#1d2025",
    raised="#2a2e36",
    line="#373c46",
    text="#e8eaee",
    dim_text="#a3abb9",
    accent="#56b4e9",
    on_accent="#0b1a24",
    error="#7a2a2e",
    news="#1f4257",
    canvas="#0e0f12",
)
_LIGHT: Final = Theme(
    name="light",
    window="#eceef1",
    panel="#f8f9fa",
    raised="#ffffff",
    line="#c9ced6",
    text="#1b1f26",
    dim_text="#545d6b",
    accent="#0b6cb8",
    on_accent="#ffffff",
    error="#f6d5d5",
    news="#d5e8f6",
    canvas="#dfe2e7",
)


def apply_theme(app: QApplication, choice: str) -> Theme:
    """Dress the whole application; `choice` is one of `THEMES`."""
    is_dark = _system_is_dark(app) if choice == "system" else choice != "light"
    theme = _DARK if is_dark else _LIGHT
    app.setProperty("theme", theme.name)
    app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    return theme


def current_theme() -> Theme:
    """The theme in use."""
    app = QApplication.instance()
    return _LIGHT if app is not None and app.property("theme") == "light" else _DARK


def _system_is_dark(app: QApplication) -> bool:
    """The desktop's choice; dark if it has none, since pictures look best on dark."""
    if sys.platform == "win32":
        key = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        value = QSettings(key, QSettings.NativeFormat).value("AppsUseLightTheme", 0)
        return int(value) == 0
    if sys.platform == "darwin":
        return "Dark" in _answer("defaults", ["read", "-g", "AppleInterfaceStyle"])
    scheme = _answer("gsettings", ["get", "org.gnome.desktop.interface", "color-scheme"])
    return "light" not in scheme and "default" not in scheme


def _answer(program: str, arguments: list[str]) -> str:
    process = QProcess()
    process.start(program, arguments)
    if not process.waitForFinished(300):
        process.kill()
        process.waitForFinished(100)
        return ""
    return bytes(process.readAllStandardOutput().data()).decode(errors="replace")


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.Window: theme.window,
        QPalette.WindowText: theme.text,
        QPalette.Base: theme.panel,
        QPalette.AlternateBase: theme.raised,
        QPalette.Text: theme.text,
        QPalette.Button: theme.raised,
        QPalette.ButtonText: theme.text,
        QPalette.ToolTipBase: theme.raised,
        QPalette.ToolTipText: theme.text,
        QPalette.PlaceholderText: theme.dim_text,
        QPalette.Highlight: theme.accent,
        QPalette.HighlightedText: theme.on_accent,
        QPalette.Link: theme.accent,
        QPalette.BrightText: theme.text,
        QPalette.Mid: theme.line,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.WindowText, QPalette.Text, QPalette.ButtonText):
        palette.setColor(QPalette.Disabled, role, QColor(_faded(theme)))
    return palette


def _faded(theme: Theme) -> str:
    """Between text and ground: what cannot be used just now."""
    text, ground = QColor(theme.dim_text), QColor(theme.panel)
    pairs = zip(text.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(0.45 * one + 0.55 * other) for one, other in pairs)).name()


def _style_sheet(theme: Theme) -> str:
    t, images = theme, Path(__file__).parents[1].as_posix() + "/images"
    faded = _faded(theme)
    return f"""
QMainWindow, QDialog {{ background: {t.window}; }}
QMainWindow::separator {{ background: {t.window}; width: 5px; height: 5px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 5px; }}
QMenuBar {{ background: {t.window}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 5px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.raised}; }}
QMenu {{ background: {t.panel}; border: 1px solid {t.line}; padding: 5px; }}
QMenu::item {{ padding: 6px 26px 6px 14px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QMenu::item:disabled {{ color: {faded}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 5px 8px; }}
QMenu::icon {{ padding-left: 8px; }}
QToolBar {{ background: {t.window}; border: 0; padding: 4px 8px; spacing: 4px; }}
QToolBar::separator {{ background: {t.line}; width: 1px; margin: 6px 6px; }}
QToolButton {{ border: 0; border-radius: 6px; padding: 6px 8px; background: transparent; }}
QToolButton:hover {{ background: {t.raised}; }}
QToolButton:pressed {{ background: {t.line}; }}
QToolButton:checked {{ background: {t.raised}; color: {t.accent}; }}
QToolButton#qt_toolbar_ext_button {{ qproperty-icon: url({images}/down-{t.name}.svg);
  padding: 2px; }}
QToolButton#wide {{ background: {t.raised}; border: 1px solid {t.line}; }}
QToolButton#wide:hover {{ border-color: {t.accent}; }}
QToolButton[popupMode="2"] {{ padding-right: 20px; }}
QToolButton[popupMode="1"] {{ padding-right: 24px; }}
QToolButton::menu-button {{ border: 0; width: 20px; }}
QToolButton::menu-arrow {{ image: url({images}/down-{t.name}.svg); width: 14px; }}
QToolButton::menu-indicator {{ image: url({images}/down-{t.name}.svg); width: 14px;
  subcontrol-position: right center; right: 5px; }}
QDockWidget {{ color: {t.dim_text}; font-weight: 600; }}
QDockWidget::title {{ background: {t.panel}; padding: 8px 10px; }}
QTabWidget::pane {{ border: 0; background: {t.panel}; }}
QTabBar {{ background: {t.window}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: {t.window}; color: {t.dim_text}; padding: 8px 11px;
  border: 0; border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent};
  background: {t.panel}; }}
QScrollArea, QScrollArea > QWidget > QWidget#panel {{ background: {t.panel}; border: 0; }}
QWidget#panel {{ background: {t.panel}; }}
QLabel#dim, QCheckBox#dim {{ color: {t.dim_text}; }}
QLabel#error {{ background: {t.error}; color: {t.text}; border-radius: 5px; padding: 6px 8px; }}
QLabel#heading {{ color: {t.text}; font-weight: 600; padding: 6px 0 0 0; }}
QLabel#value {{ color: {t.dim_text}; }}
QPushButton {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 5px;
  padding: 5px 12px; min-height: 18px; }}
QPushButton:hover {{ border-color: {t.accent}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:disabled {{ color: {faded}; background: {t.panel}; border-color: {t.raised}; }}
QPushButton:default:disabled {{ color: {faded}; background: {t.panel}; border-color: {t.line}; }}
QToolButton:disabled, QLabel:disabled, QCheckBox:disabled {{ color: {faded}; }}
QPushButton:default {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent}; }}
QPushButton#segment {{ border-radius: 0; padding: 5px 6px; }}
QPushButton#segment:checked {{ background: {t.accent}; color: {t.on_accent};
  border-color: {t.accent}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QKeySequenceEdit {{ background: {t.raised};
  border: 1px solid {t.line}; border-radius: 5px; padding: 4px 7px; min-height: 18px;
  selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
  border-color: {t.accent}; }}
QComboBox:focus {{ border-color: {t.accent}; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{
  color: {faded}; background: {t.panel}; border-color: {t.raised}; }}
QSpinBox, QDoubleSpinBox {{ padding-right: 20px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button {{ border: 0; width: 20px; background: transparent; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({images}/up-{t.name}.svg);
  width: 11px; height: 11px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url({images}/down-{t.name}.svg);
  width: 11px; height: 11px; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url({images}/down-{t.name}.svg); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.line}; padding: 4px; }}
QComboBox QHeaderView {{ border: 0; padding: 0; }}
QCheckBox {{ spacing: 9px; }}
QCheckBox, QPushButton, QToolButton, QTabBar, QSlider, QComboBox {{ outline: 0; }}
QCheckBox::indicator, QListView::indicator {{ width: 14px; height: 14px; border-radius: 4px;
  border: 1px solid {t.dim_text}; background: {t.raised}; }}
QCheckBox::indicator:hover {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {t.accent};
  border-color: {t.accent}; image: url({images}/check-{t.name}.svg); }}
QCheckBox::indicator:disabled {{ border-color: {t.line}; background: {t.panel}; }}
QCheckBox::indicator:checked:disabled {{ background: {t.dim_text}; }}
QListView, QTreeView, QTableView {{ background: {t.panel}; border: 0; outline: 0;
  alternate-background-color: {t.panel}; gridline-color: {t.line}; }}
QTreeView::item {{ padding: 3px 2px; }}
QTreeView::item:selected {{ background: {t.raised}; color: {t.text}; }}
QHeaderView::section {{ background: {t.panel}; color: {t.dim_text}; border: 0; padding: 5px; }}
QSlider {{ min-height: 22px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.line}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {t.accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {t.line}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
  background: {t.text}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {t.accent}; }}
QSlider::handle:horizontal:disabled {{ background: {t.line}; }}
QProgressBar {{ background: {t.line}; border: 0; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 4px; min-height: 30px;
  margin: 1px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; }}
QScrollBar::handle:horizontal {{ background: {t.line}; border-radius: 4px; min-width: 30px;
  margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QStatusBar {{ background: {t.window}; color: {t.dim_text}; }}
QStatusBar::item {{ border: 0; }}
QFrame#banner-error {{ background: {t.error}; border-radius: 6px; }}
QFrame#banner-news {{ background: {t.news}; border-radius: 6px; }}
QFrame#playback {{ background: {t.panel}; border-radius: 6px; }}
"""

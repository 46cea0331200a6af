"""Everything that can go wrong and is not a programming mistake.

    BlendMaskLiveError
    ├─ ConfigError          a setting, file or flag that cannot be used
    ├─ WeightsError         missing, damaged or unfitting weights
    ├─ SourceError
    │  ├─ SourceOpenError   the source cannot be opened or holds no video
    │  └─ SourceReadError   the source broke while it was read
    ├─ ExportError          an output that cannot be written
    ├─ AnnotationError      annotations made elsewhere that cannot be read
    │  └─ FirstFrameUnknown their frame numbers fit the video in several ways
    ├─ ProjectError         an annotation project that cannot be read, changed or written
    ├─ DatasetError         annotations or pictures for training that cannot be used
    └─ StageFailed          names the pipeline stage; the cause is in `__cause__`

The message is one line: what was expected, what was found, what to do.
End of stream is not an error. A programming mistake stays ValueError or TypeError.
"""

from blendmask_live.addresses import without_secrets_in

__all__ = [
    "AnnotationError",
    "BlendMaskLiveError",
    "ConfigError",
    "DatasetError",
    "ExportError",
    "FirstFrameUnknown",
    "ProjectError",
    "SourceError",
    "SourceOpenError",
    "SourceReadError",
    "StageFailed",
    "WeightsError",
    "one_line",
]


class BlendMaskLiveError(Exception):
    """Root of the tree; the command line turns it into one line and exit code 1."""


class ConfigError(BlendMaskLiveError):
    """A setting, settings file or flag cannot be used."""


class WeightsError(BlendMaskLiveError):
    """Weights are missing, damaged or do not fit the architecture."""


class SourceError(BlendMaskLiveError):
    """A source of frames failed."""


class SourceOpenError(SourceError):
    """A source cannot be opened or holds no video."""


class SourceReadError(SourceError):
    """A source broke while it was read."""


class ExportError(BlendMaskLiveError):
    """An output cannot be written."""


class AnnotationError(BlendMaskLiveError):
    """Annotations made elsewhere cannot be read; the message names the file and the place."""


class FirstFrameUnknown(AnnotationError):
    """The numbers of annotated frames fit the video in several ways: somebody has to say which.

    Attributes:
        seen: What the numbers are, and why that does not tell.
        choices: Numbers that the first frame of the video may have.
    """

    def __init__(self, seen: str, question: str, choices: range) -> None:
        super().__init__(f"{seen}; {question}: --first-frame N")
        self.seen = seen
        self.choices = choices


class ProjectError(BlendMaskLiveError):
    """An annotation project cannot be read, changed or written."""


class DatasetError(BlendMaskLiveError):
    """A data set for training or evaluation cannot be used."""


class StageFailed(BlendMaskLiveError):
    """A pipeline stage failed; the cause is in `__cause__`.

    Attributes:
        stage: Name of the stage, as in the timings.
    """

    def __init__(self, stage: str, cause: BaseException) -> None:
        detail = str(cause) or type(cause).__name__
        super().__init__(
            detail if isinstance(cause, BlendMaskLiveError) else f"{stage} failed: {detail}"
        )
        self.stage = stage
        self.__cause__ = cause


def one_line(error: Exception) -> str:
    """What went wrong; a programming mistake with its type, and where to find more."""
    if isinstance(error, BlendMaskLiveError):
        return without_secrets_in(" ".join(str(error).split()))
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{without_secrets_in(text)} (details with --debug)"

"""The networks: blendmask-lite and the published BlendMask family."""

from blendmask_live.network.family.adelaidet import convert_adelaidet_state_dict
from blendmask_live.network.family.model import build_blendmask

__all__ = ["build_blendmask", "convert_adelaidet_state_dict"]

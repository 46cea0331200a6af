"""The networks: blendmask-lite and the published BlendMask family."""

from blendmask_live.network.adelaidet import convert_adelaidet_state_dict
from blendmask_live.network.blendmask import build_blendmask

__all__ = ["build_blendmask", "convert_adelaidet_state_dict"]

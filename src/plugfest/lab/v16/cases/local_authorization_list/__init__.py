"""Local authorization list: who may charge without anybody being asked."""

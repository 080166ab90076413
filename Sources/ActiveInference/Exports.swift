@_exported import GenerativeModel
@_exported import Inference
@_exported import Kernels
@_exported import PolicySelection

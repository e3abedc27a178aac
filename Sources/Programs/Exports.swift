// The public interface of this module uses the types of these modules.
@_exported import Tensors

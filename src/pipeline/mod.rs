//! The send, one function a stage.

//! What one wants from a modem.

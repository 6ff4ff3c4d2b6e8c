//! The client of a Keystone server.

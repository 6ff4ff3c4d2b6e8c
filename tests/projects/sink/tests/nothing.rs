//! No evaluation at all.

keystone_harness::main!();

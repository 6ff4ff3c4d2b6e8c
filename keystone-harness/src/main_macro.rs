//! `main!`, and the function that it calls.

use std::process;

use keystone::eval::registry;

use crate::{Site, session};

/// Makes the `main` function of a test target of evaluations.
///
/// It runs every evaluation of the target and of its modules. Evaluations of a library crate are
/// there only where something names the crate, for the linker drops what nothing names; name such
/// crates, or modules of them, in the brackets:
///
/// ```no_run
/// // The standard library stands in for a crate that holds evaluations.
/// keystone_harness::main!(std, std::collections);
/// ```
#[macro_export]
macro_rules! main {
    ($($krate:path),* $(,)?) => {
        $(#[allow(unused_imports)] use $krate as _;)*

        fn main() -> ::std::process::ExitCode {
            $crate::run(
                $crate::Site::new(::std::module_path!(), ::std::file!())
                    .package(::std::option_env!("CARGO_PKG_NAME"))
                    .target_tmpdir(::std::option_env!("CARGO_TARGET_TMPDIR")),
            )
        }
    };
}

/// Runs the evaluations that are linked into this program as its command line asks, and says how
/// the process is to end. [`main!`](crate::main) calls this.
pub fn run(site: Site) -> process::ExitCode {
    session::run(site, std::env::args_os(), registry::entries()).into()
}

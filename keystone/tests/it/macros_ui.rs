//! What the compiler says of a wrong attribute.

use std::process::Command;

/// The compiler whose own words stand in `tests/ui/rustc`.
const COMPILER: &str = "rustc 1.95.";

/// Every file in `tests/ui/fail` is wrong in the ways that its `.stderr` lists, every one in
/// `tests/ui/pass` compiles and runs. Those in `tests/ui/rustc` are reported by the compiler rather
/// than by the macros, in words that change from version to version.
#[test]
fn mistakes_are_reported_where_they_are() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/fail/*.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if version.starts_with(COMPILER) {
        tests.compile_fail("tests/ui/rustc/*.rs");
    } else {
        let required = std::env::var_os("KEYSTONE_REQUIRE_TOOLS").is_some_and(|value| value == "1");
        assert!(!required, "{version} is not {COMPILER}x, whose messages are in tests/ui/rustc");
        eprintln!(
            "SKIPPED: tests/ui/rustc holds the messages of {COMPILER}x, and this is {version}"
        );
    }
}

//! What the compiler says of a wrong attribute.

/// Every file in `tests/ui/fail` is wrong in the ways that its `.stderr` lists, every one in
/// `tests/ui/pass` compiles and runs.
#[test]
fn mistakes_are_reported_where_they_are() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/fail/*.rs");
}

use keystone::scorer;

struct Opaque;

#[scorer]
fn returns_text(output: &str) -> String {
    output.to_owned()
}

#[scorer]
fn output_is_not_deserialize(output: &Opaque) -> bool {
    let Opaque = output;
    true
}

#[scorer]
fn case_is_no_case(case: &String) -> bool {
    case.is_empty()
}

#[scorer]
fn context_is_of_numbers(context: &[u32]) -> bool {
    context.is_empty()
}

fn main() {}

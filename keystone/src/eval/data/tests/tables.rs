//! Tables.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Fields;
use super::{Sample, err, ok, only, problem_of, told, told_of, with};

/// The only row of a table with these columns.
fn row(header: &str, record: &str) -> super::RowText {
    only(&Sample::new("t.csv", format!("{header}\n{record}\n")).data())
}

#[test]
fn cells_are_texts_and_json_where_a_type_asks_for_it() {
    let input = |cell: &str| row("input,x", &format!("{cell},1"));
    assert_eq!(input("42").input::<String>().unwrap(), "42");
    assert_eq!(input("42").input::<Value>(), Ok(json!("42")));
    assert_eq!(input("42").input::<u8>(), Ok(42));
    assert_eq!(input(" -1.5e3 ").input::<f64>(), Ok(-1500.0));
    assert_eq!(input("42").input::<Option<u8>>(), Ok(Some(42)));
    assert_eq!(input("").input::<Option<u8>>(), Ok(None));
    assert_eq!(input("").input::<String>().unwrap(), "");
    assert_eq!(input("TRUE").input::<bool>(), Ok(true));
    assert_eq!(input("false").input::<bool>(), Ok(false));
    assert_eq!(input("x").input::<char>(), Ok('x'));
    assert_eq!(input("\"[1,2]\"").input::<Vec<u8>>(), Ok(vec![1, 2]));
    assert_eq!(input("\"[\"\"a\"\",2]\"").input::<(String, u8)>(), Ok(("a".to_owned(), 2)));

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Label {
        Good,
        Other { why: String },
    }
    assert_eq!(input("good").input(), Ok(Label::Good));
    assert_eq!(
        input("\"{\"\"other\"\": {\"\"why\"\": \"\"w\"\"}}\"").input(),
        Ok(Label::Other { why: "w".to_owned() })
    );

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Number {
        Whole(u8),
        List(Vec<u8>),
    }
    assert_eq!(input("7").input(), Ok(Number::Whole(7)));
    assert_eq!(input("[7]").input(), Ok(Number::List(vec![7])));

    #[derive(Debug, PartialEq, Deserialize)]
    struct Name(String);
    assert_eq!(input("7").input(), Ok(Name("7".to_owned())));
}

#[test]
fn cells_that_fit_neither_way_name_column_and_line() {
    let problem = |cell: &str| row("id,input", &format!("r1,{cell}"));
    let of_number = |cell: &str| problem(cell).input::<u8>().unwrap_err().to_string();
    assert_eq!(
        of_number("many"),
        "t.csv:2: field \"input\": the cell \"many\" is not a number (u8) (row \"r1\")"
    );
    assert_eq!(
        of_number(""),
        "t.csv:2: field \"input\": the cell is empty, expected a number (u8) (row \"r1\")"
    );
    assert_eq!(
        of_number("300"),
        "t.csv:2: field \"input\": invalid value: integer `300`, expected u8 (row \"r1\")"
    );
    assert_eq!(
        of_number("7 8"),
        "t.csv:2: field \"input\": the cell \"7 8\" is not a number (u8) (row \"r1\")"
    );
    assert_eq!(
        problem("nope").input::<Vec<u8>>().unwrap_err().to_string(),
        "t.csv:2: field \"input\": the cell \"nope\" is not a JSON list (row \"r1\")"
    );
    assert_eq!(
        problem("nope").input::<bool>().unwrap_err().to_string(),
        "t.csv:2: field \"input\": the cell \"nope\" is not true or false (row \"r1\")"
    );
    let long = of_number(&"é".repeat(1_000));
    assert!(long.len() < 250, "{long}");
}

#[test]
fn all_columns_have_their_meaning() {
    let row = row(
        "id,input,expected,tags,metadata,context",
        r#"r1,"a ""b"", c","x","red; green|blue , ","{""k"": [1]}","[""one"", ""two""]""#,
    );
    assert_eq!(row.id.as_deref(), Some("r1"));
    assert_eq!(row.input_json(), r#""a \"b\", c""#);
    assert_eq!(row.expected_json(), Some("\"x\""));
    assert_eq!(row.tags, ["red", "green", "blue"]);
    assert_eq!(row.context, ["one", "two"]);
    assert_eq!(Value::Object(row.metadata), json!({"k": [1]}));
}

#[test]
fn empty_cells_are_no_values() {
    let row = row("id,input,expected,tags,metadata,context,x", ",,,,,,1");
    assert_eq!(row.input_json(), "\"\"");
    assert_eq!(row.expected_json(), None);
    assert_eq!((row.id, row.tags.len(), row.context.len(), row.metadata.len()), (None, 0, 0, 0));
}

#[test]
fn records_of_empty_cells_are_skipped() {
    assert_eq!(
        told_of("t.csv", "input,expected\na,b\n,\n,,,,\n\nc,\n"),
        [ok("\"a\""), ok("\"c\"")]
    );
    assert_eq!(told_of("t.csv", "input\n\"\"\n"), [ok("\"\"")], "unless there is but one column");
}

#[test]
fn a_context_that_only_looks_like_a_list_is_a_text() {
    let row = row("input,context", "a,[citation needed]");
    assert_eq!(row.context, ["[citation needed]"]);
}

#[test]
fn tabs_separate_as_well() {
    assert_eq!(
        told_of("t.tsv", "id\tinput\n1\ta, b\n2\t\"c\td\"\n"),
        [ok("\"a, b\""), ok("\"c\\td\"")]
    );
}

#[test]
fn line_ends_are_kept_in_cells_and_dropped_after_them() {
    let text = "\u{feff}input , expected\r\n\"a\r\nb\",\"c\"\r\nd,e\r\n\r\n\"f\r\",\"g\r\"";
    let sample = Sample::new("t.csv", text);
    let rows: Vec<_> = sample
        .data()
        .load::<String, String>()
        .unwrap()
        .into_iter()
        .map(|case| (case.input, case.expected.unwrap()))
        .collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(rows, [pair("a\r\nb", "c"), pair("d", "e"), pair("f\r", "g\r")]);
}

#[test]
fn ragged_records_are_told_and_passed_over() {
    assert_eq!(
        told_of("t.csv", "id,input\n1,a\n2\n3,b,c\n4,d\n"),
        [
            ok("\"a\""),
            err("t.csv:3: the record has 1 cell, and the header 2; put cells that hold the \
                 separator or a line end into quotes"),
            err("t.csv:4: the record has 3 cells, and the header 2; put cells that hold the \
                 separator or a line end into quotes"),
            ok("\"d\""),
        ]
    );
}

#[test]
fn missing_columns_are_told_at_the_header() {
    let sample = Sample::new("t.csv", "\nquestion,answer\na,b\n");
    assert_eq!(
        told(&sample.data()),
        [err(
            "t.csv:2: there is no \"input\"; the columns are \"question\", \"answer\". Name the \
              field to take: `input = \"question\"`"
        )]
    );
    let fields = Fields::default().input("question");
    assert_eq!(told(&with(&sample, fields.clone())), [ok("\"a\"")], "the others need not be");
    assert_eq!(
        told(&with(&sample, fields.expected("anwser"))),
        [err(
            "t.csv:2: there is no \"anwser\"; the columns are \"question\", \"answer\"; did you \
              mean \"answer\"? Name the field to take: `expected = \"answer\"`"
        )]
    );
    assert_eq!(
        problem_of("t.csv", "input;expected\na;b\n"),
        "t.csv:1: there is no \"input\"; the columns are \"input;expected\". Name the field to \
         take: `input = \"input;expected\"`; cells are separated with commas in .csv, with tabs \
         in .tsv"
    );
}

#[test]
fn headers_that_cannot_be() {
    assert_eq!(
        problem_of("t.csv", "input,x,input\na,b,c\n"),
        "t.csv:1: field \"input\": columns 1 and 3 have the same name; give each its own"
    );
    assert_eq!(told_of("t.csv", "input,,\na,b,c\n"), [ok("\"a\"")], "columns without a name");
    assert_eq!(
        problem_of("t.csv", "input,x\ra,b\r"),
        "t.csv:1: lines end with carriage returns alone; save the file with line feeds"
    );
}

#[test]
fn quotes_that_are_never_closed() {
    assert_eq!(
        told_of("t.csv", "input,x\na,b\n\"c,d\ne,f\n"),
        [ok("\"a\""), err("t.csv:3: a quote is opened in this record and never closed")]
    );
}

#[test]
fn nul_bytes_and_bad_cells_are_told() {
    assert_eq!(
        told_of("t.csv", "id,input,metadata\n1,a,\n2,b\0,\n,c,[1]\n4,d,\n"),
        [
            ok("\"a\""),
            err("t.csv:3:4: the file holds NUL bytes, so it is damaged or not UTF-8"),
            err("t.csv:4: field \"metadata\": is a list, expected an object"),
            ok("\"d\""),
        ]
    );
    let long = "x".repeat(2_000);
    let problem = problem_of("t.csv", format!("id,input\n{long},a\n"));
    assert!(problem.starts_with("t.csv:2: field \"id\": the id is 2000 bytes long"), "{problem}");
}

#[test]
fn a_path_leads_into_a_cell_that_is_json() {
    let sample = Sample::new(
        "t.csv",
        "q,a.b,a\nx,1,\"{\"\"b\"\": 2, \"\"c\"\": {\"\"d\"\": [3, 4]}}\"\ny,1,nope\nz,1,\n",
    );
    assert_eq!(
        told(&with(&sample, Fields::default().input("a.c.d.1"))),
        [
            ok("4"),
            err("t.csv:3: field \"a.c.d.1\": the cell is not JSON, to look into: expected ident"),
            err("t.csv:4: field \"a.c.d.1\": the row has no such value in its cell"),
        ]
    );
    assert_eq!(told(&with(&sample, Fields::default().input("a.b")))[0], ok("\"1\""));
}

#[test]
fn a_record_may_be_the_input() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Record {
        name: String,
        count: u32,
        ratio: Option<f64>,
        list: Vec<u8>,
    }
    let sample = Sample::new("t.csv", "name,count,ratio,list\n7,3,,[1]\n8,x,1,[]\n");
    let data = with(&sample, Fields::default().input("."));
    let rows: Vec<_> = data.open().unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].input_json(), r#"{"name":"7","count":"3","ratio":"","list":"[1]"}"#);
    assert_eq!(
        rows[0].input(),
        Ok(Record { name: "7".to_owned(), count: 3, ratio: None, list: vec![1] })
    );
    assert_eq!(
        rows[1].input::<Record>().unwrap_err().to_string(),
        "t.csv:3: field \"count\": the cell \"x\" is not a number (u32)"
    );
    assert_eq!(
        rows[0].input::<Value>(),
        Ok(json!({"name": "7", "count": "3", "ratio": "", "list": "[1]"}))
    );
}

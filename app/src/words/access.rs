//! The access log in plain words: what each route that is logged lets somebody see or do.

use domain::code::Lang;

/// What "METHOD route" is in words; `None` for a route of another build, which is shown as it is.
pub fn route(action: &str, lang: Lang) -> Option<&'static str> {
    let (vietnamese, english) = match action {
        "POST units" => ("Thêm hoặc sửa một đơn vị", "Added or changed a unit"),
        "POST people" => ("Thêm hoặc sửa một người làm việc", "Added or changed a colleague"),
        "POST people/{id}/code" => ("Phát mã ghi danh máy", "Issued an enrolment code"),
        "GET people/{id}/hand-over" => ("Xem trước việc sẽ bàn giao", "Looked at what would be handed over"),
        "POST people/{id}/hand-over" => ("Bàn giao việc cho người khác", "Handed work over"),
        "GET devices" => ("Xem danh sách điện thoại", "Read the list of phones"),
        "POST devices/{id}/revoke" => ("Thu hồi một máy", "Revoked a phone"),
        "POST devices/{id}/replace" => ("Thay một máy", "Replaced a phone"),
        "POST campaigns" => ("Lập hoặc sửa một đợt vận động", "Made or changed a campaign"),
        "POST organizations" => ("Thêm hoặc sửa một tổ chức", "Added or changed an organisation"),
        "POST teams" => ("Lập hoặc sửa một tổ", "Made or changed a team"),
        "POST assignments" => ("Giao hoặc thu lại thôn", "Gave or took back a village"),
        "GET households" => ("Xem danh sách hộ", "Read the list of households"),
        "GET visits" => ("Xem lượt thăm", "Read visits"),
        "GET opinions" => ("Xem ý kiến", "Read opinions"),
        "GET meetings" => ("Xem cuộc họp", "Read meetings"),
        "GET quarantine" => ("Xem mục Cần xem lại", "Read what is to be looked at"),
        "GET access" => ("Xem nhật ký truy cập", "Read the access log"),
        "POST roll/preview" => ("Xem trước một danh sách hộ", "Looked at a list of households before importing"),
        "POST roll/import" => ("Nhập danh sách hộ", "Imported households"),
        "POST roll/undo" => ("Hoàn tác một lần nhập", "Undid an import"),
        "GET households/export.csv" | "GET households/export.xlsx" => {
            ("Xuất danh sách hộ, không có tên", "Exported households, without names")
        }
        "GET visits/export.csv" | "GET visits/export.xlsx" => ("Xuất lượt thăm, không có tên", "Exported visits, without names"),
        "GET opinions/export.csv" | "GET opinions/export.xlsx" => ("Xuất ý kiến, không có tên", "Exported opinions, without names"),
        "GET take-out.zip" => ("Lấy toàn bộ dữ liệu, có tên", "Took all of the data out, with names"),
        _ => return None,
    };
    Some(if lang == Lang::Vi { vietnamese } else { english })
}

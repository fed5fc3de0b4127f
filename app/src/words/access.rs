//! The access log in plain words: what each route that is logged lets somebody see or do.

use domain::code::Lang;
use domain::office::NamesReason;

/// What "METHOD route" is in words; `None` for a route of another build, which is shown as it is.
pub fn route(action: &str, lang: Lang) -> Option<String> {
    if let Some(reason) = action.strip_prefix("ExportNames households ") {
        let why = if lang == Lang::Vi { "Lý do xuất họ tên" } else { "Why names were exported" };
        return NamesReason::from_code(reason).map(|reason| format!("{why}: {}", reason.label(lang)));
    }
    let (vietnamese, english) = match action {
        "POST units" => ("Thêm hoặc sửa một đơn vị", "Added or changed a unit"),
        "POST units/rearrange" => ("Nhập thôn hoặc tách thôn", "Merged or split villages"),
        "POST units/ahead" => ("Thôi một quyết định nhập, tách thôn chưa đến ngày", "Dropped a merger or split before its day"),
        "POST people" => ("Thêm hoặc sửa một người làm việc", "Added or changed a colleague"),
        "POST people/{id}/code" => ("Phát mã ghi danh máy", "Issued an enrolment code"),
        "GET people/{id}/hand-over" => ("Xem trước việc sẽ bàn giao", "Looked at what would be handed over"),
        "POST people/{id}/hand-over" => ("Bàn giao việc cho người khác", "Handed work over"),
        "GET devices" => ("Xem danh sách điện thoại", "Read the list of phones"),
        "POST devices/{id}/revoke" => ("Thu hồi một máy", "Revoked a phone"),
        "POST devices/{id}/replace" => ("Thay một máy", "Replaced a phone"),
        "GET recovery" => ("Xem máy nào xin mở lại sổ", "Looked at which phones ask to be opened"),
        "POST recovery" => ("Tạo khóa khôi phục", "Made the recovery key"),
        "GET recovery/{id}" => ("Lấy khóa niêm của một máy để mở lại sổ", "Fetched the sealed key of a phone to open it"),
        "POST recovery/{id}" => ("Dùng khóa khôi phục mở lại sổ của một máy", "Opened a phone with the recovery key"),
        "POST campaigns" => ("Lập hoặc sửa một đợt vận động", "Made or changed a campaign"),
        "POST organizations" => ("Thêm hoặc sửa một tổ chức", "Added or changed an organisation"),
        "POST codes" => ("Thêm, sửa chữ hoặc thôi dùng một mục của danh mục", "Added, spelled or stopped using an entry of a code list"),
        "POST teams" => ("Lập hoặc sửa một tổ", "Made or changed a team"),
        "POST assignments" => ("Giao hoặc thu lại thôn, hộ", "Gave or took back a village or households"),
        "GET shares" => ("Xem hộ của một thôn để chia cho từng người", "Read a village's households to share them out"),
        "POST typed/visits" => ("Nhập một phiếu thăm giấy", "Typed in a paper visit sheet"),
        "POST typed/opinions" => ("Nhập ý kiến đến đường khác", "Typed in an opinion that came otherwise"),
        "POST typed/taken-back" => ("Lấy lại những gì đã nhập từ giấy", "Took back what was typed in"),
        "GET villages/{id}/households" => {
            ("Xem hộ của một thôn để nhập phiếu hoặc in", "Read a village's households to type in or to print")
        }
        "GET households" => ("Xem danh sách hộ", "Read the list of households"),
        "GET households/{id}" => ("Mở một hộ trong sổ", "Opened a household of the book"),
        "POST households" => ("Thêm hoặc sửa một hộ", "Added or corrected a household"),
        "GET twins" => ("Xem các cặp hộ có thể ghi trùng", "Read the households that may be recorded twice"),
        "POST twins" => ("Cho biết hai hộ là một hay khác nhau", "Said whether two households are one"),
        "GET visits" => ("Xem lượt thăm", "Read visits"),
        "GET visits/{id}/notes" => ("Xem ghi chú của một lượt thăm", "Read what was noted at a visit"),
        "GET days" => ("Xem các ngày để xác nhận, chốt", "Read the days to be verified and closed"),
        "POST verifications" => ("Xác nhận, hủy lượt thăm hoặc chốt ngày", "Verified or voided visits, or closed a day"),
        "GET opinions" => ("Xem ý kiến", "Read opinions"),
        "GET meetings" => ("Xem cuộc họp", "Read meetings"),
        "GET quarantine" => ("Xem mục Cần xem lại", "Read what is to be looked at"),
        "GET quarantine/{device}/{seq}" => ("Xem nội dung một mục Cần xem lại", "Read what one of them says"),
        "POST quarantine/aside" => ("Cất đi, đưa ra lại mục Cần xem lại", "Put one of them aside, or brought it back"),
        "POST quarantine" => ("Nhận lại mục Cần xem lại", "Had what waited taken in again"),
        "GET incidents" => ("Xem các sự cố", "Read the incidents"),
        "POST incidents" => ("Ghi hoặc bổ sung một sự cố", "Wrote an incident down, or added to it"),
        "GET redactions" => ("Xem những gì đã xóa theo yêu cầu", "Read what was deleted on request"),
        "POST redactions" => ("Xóa nội dung của một bản ghi ở mọi nơi", "Deleted the content of a record everywhere"),
        "GET retention" => ("Xem những gì đã xóa vì hết hạn lưu", "Read what was deleted because its time was over"),
        "GET access" => ("Xem nhật ký truy cập", "Read the access log"),
        "POST roll/preview" => ("Xem trước một danh sách hộ", "Looked at a list of households before importing"),
        "POST roll/import" => ("Nhập danh sách hộ", "Imported households"),
        "GET roll/imports" => ("Xem các lần nhập danh sách", "Read the past imports"),
        "POST roll/undo" => ("Hoàn tác một lần nhập", "Undid an import"),
        "GET households/export.csv" | "GET households/export.xlsx" => {
            ("Xuất danh sách hộ, không có tên", "Exported households, without names")
        }
        "GET visits/export.csv" | "GET visits/export.xlsx" => ("Xuất lượt thăm, không có tên", "Exported visits, without names"),
        "GET opinions/export.csv" | "GET opinions/export.xlsx" => ("Xuất ý kiến, không có tên", "Exported opinions, without names"),
        "GET meetings/export.csv" | "GET meetings/export.xlsx" => ("Xuất cuộc họp", "Exported meetings"),
        "GET households/names.csv" | "GET households/names.xlsx" => {
            ("Xuất hộ kèm họ tên, điện thoại", "Exported households with names and phones")
        }
        "GET take-out" => ("Lấy toàn bộ dữ liệu, có tên, niêm phong", "Took all of the data out, with names, sealed"),
        "POST take-out/opened" => ("Mở tệp toàn bộ dữ liệu bằng hai tờ khóa", "Opened a file of all the data with two sheets"),
        _ => return None,
    };
    Some(if lang == Lang::Vi { vietnamese } else { english }.to_owned())
}

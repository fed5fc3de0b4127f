//! Words of the field app. Short sentences, everyday verbs, no pronoun for the reader; tone marks in the old style.

use super::catalogue;
use super::shared::many;
use domain::code::Lang;
use domain::household::HouseholdError;
use domain::meeting::MeetingError;

/// "30 giây", "2 phút": a wait, rounded up.
fn lasts(millis: i64, lang: Lang) -> String {
    let seconds = millis.saturating_add(999) / 1_000;
    let (n, vi, one, more) = match seconds {
        ..=90 => (seconds, "giây", "second", "seconds"),
        91..=5_400 => ((seconds + 59) / 60, "phút", "minute", "minutes"),
        _ => ((seconds + 3_599) / 3_600, "giờ", "hour", "hours"),
    };
    match lang {
        Lang::Vi => format!("{n}\u{a0}{vi}"),
        Lang::En => many(n, one, more),
    }
}

catalogue! {
    /// What the phone says.
    Field {
        // Around every page
        what_it_is = "Sổ đi thăm hộ, ghi được cả khi không có mạng", "The notebook for visiting households, with or without a network";
        opening = "Đang mở sổ…", "Opening the notebook…";
        offline = "Không có mạng", "No network";
        online = "Có mạng", "Network";
        syncing = "Đang gửi", "Sending";
        all_sent = "Đã gửi hết", "All sent";
        to_send(n: u32) = format!("{n}\u{a0}chờ gửi"), format!("{n}\u{a0}to send");
        to_review(n: u32) = format!("{n}\u{a0}cần xem lại"), format!("{n}\u{a0}to review");
        waiting_word = "chờ gửi", "to send";
        last_sync(when: &str) = format!("Đồng bộ: {when}"), format!("Synced: {when}");
        never_synced = "Chưa đồng bộ lần nào", "Never synced yet";
        places = "Phần chính", "Main parts";
        today = "Hôm nay", "Today";
        households = "Các hộ", "Households";
        entries = "Đã ghi", "Recorded";
        household = "Hộ", "Household";
        visit = "Lần thăm", "Visit";
        meetings = "Họp thôn", "Meetings";
        meeting = "Cuộc họp", "Meeting";
        house(no: &str) = format!("Nhà {no}"), format!("House {no}");
        to_today = "Về Hôm nay", "To Today";
        update_title = "Có bản mới", "A new version is ready";
        update_words = "Đổi sang bản mới mất vài giây, không mất gì đã ghi.", "Changing takes a few seconds and loses nothing.";
        update_refused = "Còn mục đang ghi dở nên chưa đổi. Ghi xong hoặc bỏ mục đó rồi bấm lại.", "Something is begun and not saved, so not now. Finish it or discard it, then try again.";
        see_unfinished = "Xem mục đang ghi dở", "See what is not finished";
        update_do = "Đổi sang bản mới", "Change now";

        // Hôm nay
        left_today = "hộ còn lại", "households left";
        given_to_me = "Hộ giao cho tôi", "Households given to me";
        done_by(day: &str) = format!(", xong trước {day}"), format!(", to be done by {day}");
        all_met(n: &str) = format!("Đã gặp hết {n}\u{a0}hộ được giao"), format!("All {n} assigned households were met");
        met_of(met: &str, all: &str) = format!("đã gặp {met} trong {all}"), format!("met {met} of {all}");
        visited_today(n: &str) = format!("Hôm nay đã đến {n}\u{a0}hộ."), format!("Visited today: {n}.");
        next_house = "Nhà tiếp theo", "Next house";
        numbered(no: &str, head: &str) = format!("Số {no} · {head}"), format!("No. {no} · {head}");
        due = "Đến hẹn", "Due";
        all_due(n: &str) = format!("Xem cả {n}\u{a0}hộ đến hẹn"), format!("See all {n} households that are due");
        households_n(n: &str) = format!("{n}\u{a0}hộ"), many(n, "household", "households");
        things_n(n: &str) = format!("{n}\u{a0}việc"), many(n, "thing", "things");
        owed = "Báo lại bà con", "Answers owed";
        promise_by(day: &str) = format!("Đã hứa báo lại trước {day}"), format!("An answer was promised by {day}");
        promise_late(days: i32) = format!("Quá ngày hứa {days}\u{a0}ngày"), format!("{} past the promise", many(days, "day", "days"));
        promise_words = "Có câu trả lời của xã thì báo lại gia đình.", "Take the commune's answer to the family when it is there.";
        other_things = "Việc khác", "Other things";
        entries_wait(n: u32) = format!("{n}\u{a0}mục chờ gửi"), format!("{} to send", many(n, "entry", "entries"));
        entries_begun(n: usize) = format!("{n}\u{a0}mục đang ghi dở"), format!("{} not finished", many(n, "entry", "entries"));
        not_saved_yet = "Chưa lưu nên chưa gửi.", "Not saved, so not sent.";
        sends_itself = "Nằm an toàn trên máy. Có mạng là tự gửi.", "Safe on this phone. Sent by itself when there is a network.";
        none_assigned = "Chưa có hộ nào được giao", "No household is assigned yet";
        none_assigned_why = "Khi xã giao hộ và máy có mạng, danh sách sẽ tự hiện ở đây.", "When the commune assigns households and there is a network, the list appears here by itself.";
        none_assigned_lead(lead: &str) = format!("Khi tổ trưởng {lead} hoặc xã giao hộ và máy có mạng, danh sách sẽ tự hiện ở đây."), format!("When the team lead {lead} or the commune assigns households and there is a network, the list appears here by itself.");
        look_for_more = "Xem có hộ mới không", "Look for new households";
        received_last(when: &str) = format!("Nhận tin lần cuối: {when}"), format!("Last news received: {when}");
        install = "Cài vào máy", "Install on this phone";
        install_why = "Cài rồi thì mở từ màn hình chính, và máy giữ sổ chắc hơn.", "Then it opens from the home screen, and the phone keeps the notebook more safely.";
        install_by_menu = "Nên cài vào máy: bấm dấu ba chấm của Chrome, chọn “Thêm vào màn hình chính”.", "Better installed: tap Chrome's three dots, then “Add to Home screen”.";

        // Các hộ
        search = "Tìm tên, số nhà, thôn", "Search by name, house number, village";
        without_marks = "không cần dấu", "no accents needed";
        village = "Thôn", "Village";
        all_villages = "Tất cả các thôn", "All villages";
        filter = "Lọc danh sách", "Filter the list";
        mine = "Của tôi", "Mine";
        left = "Chưa gặp", "Not met";
        all = "Tất cả", "All";
        found(n: &str) = format!("Thấy {n}\u{a0}hộ"), format!("{} found", many(n, "household", "households"));
        found_left(n: &str) = format!("Còn {n}\u{a0}hộ chưa gặp"), format!("{} not met yet", many(n, "household", "households"));
        found_due(n: &str) = format!("{n}\u{a0}hộ đến hẹn"), many(n, "household is due", "households are due");
        more(n: &str) = format!("Xem thêm, còn {n}\u{a0}hộ"), format!("Show more, {n} left");
        no_code_short = "chưa có mã", "no code yet";
        none_found(all: &str, typed: &str) = format!("Trong {all}\u{a0}hộ, không có hộ nào khớp “{typed}”."), format!("None of {all} households matches “{typed}”.");
        none_left = "Không còn hộ nào chưa gặp.", "No household is left.";
        none_due = "Chưa có hộ nào đến hẹn.", "No household is due.";
        none_here = "Máy này chưa có hộ nào. Có mạng thì danh sách tự về.", "There are no households on this phone yet. The list comes by itself with a network.";
        search_all = "Tìm trong tất cả các hộ", "Search all households";
        add_household = "Thêm hộ", "Add a household";
        add_this = "Thêm hộ này vào sổ", "Add this household";
        add_hint = "Thêm xong là ghi lần thăm được ngay. Hộ mới hiện “chưa có mã” cho đến khi xã nhận.", "A visit can be recorded at once. The household shows “no code yet” until the commune has received it.";

        // A household
        house_number(no: &str) = format!("Nhà số {no}"), format!("House no. {no}");
        code(code: &str) = format!("Mã hộ {code}"), format!("Household code {code}");
        no_code = "Chưa có mã", "No code yet";
        best_met(hours: &str) = format!("Tiện gặp {hours}"), format!("Best met {hours}");
        people_n(n: u16) = format!("{n}\u{a0}người"), many(n, "person", "people");
        call(phone: &str) = format!("Gọi {phone}"), format!("Call {phone}");
        no_contact_title = "Hộ đề nghị không liên hệ", "The household asked not to be contacted";
        no_contact_words = "Không đến, không gọi. Hộ đổi ý thì ghi ở “Sửa thông tin hộ”.", "Do not visit, do not call. If they change their mind, note it under “Correct the household”.";
        gone_words = "Hộ này không còn trong danh sách đi thăm.", "This household is no longer on the list to visit.";
        no_campaign = "Chưa có đợt vận động nào đang chạy", "No campaign is running";
        no_campaign_why = "Có đợt mới và có mạng thì ghi lần thăm được.", "Visits can be recorded once a campaign runs and there is a network.";
        visits = "Các lần đến trong đợt này", "Visits in this campaign";
        my_team = "Tổ của tôi", "My team";
        nothing_to_verify = "Không còn lượt nào chờ xác nhận", "Nothing to verify";
        visits_to_verify(n: &str) = format!("{n}\u{a0}lượt thăm chờ xác nhận"), format!("{} to verify", many(n, "visit", "visits"));
        days = "Từng ngày", "Day by day";
        members_here = "Từng thành viên", "Person by person";
        members_hint = "Chỉ tính những gì máy này đã nhận.", "Only what this phone has received.";
        as_of_sync(when: &str) = format!("Theo lần đồng bộ lúc {when}."), format!("As of the sync: {when}.");
        visits_today(n: &str) = format!("Hôm nay {n}\u{a0}lượt thăm"), format!("{} today", many(n, "visit", "visits"));
        visits_and_met(n: &str, met: &str) = format!("cả đợt {n}\u{a0}lượt, {met}\u{a0}lượt gặp được"), format!("{} in all, {met} met somebody", many(n, "visit", "visits"));
        last_on(day: &str) = format!("lần cuối {day}"), format!("last {day}");
        visits_n(n: &str) = format!("{n}\u{a0}lượt thăm"), many(n, "visit", "visits");
        to_verify(n: &str) = format!("{n}\u{a0}lượt chờ xác nhận"), format!("{n} to verify");
        day_closed = "Đã chốt", "Closed";
        day_open = "Chưa chốt", "Open";
        day_of(day: &str, village: &str) = format!("{day}, {village}"), format!("{day}, {village}");
        verify_words = "Bỏ chọn lượt nào chưa chắc. Lượt của chính mình thì người khác xác nhận.", "Take out what you are not sure of. Your own visits are verified by somebody else.";
        verify_n(n: &str) = format!("Xác nhận {n}\u{a0}lượt"), format!("Verify {}", many(n, "visit", "visits"));
        see_visit = "Xem lượt này", "See this visit";
        own_visit = "Lượt của chính mình", "Your own visit";
        closed_by(name: &str) = format!("{name} đã chốt ngày này"), format!("{name} closed this day");
        reopen_day = "Mở lại ngày", "Reopen the day";
        close_day = "Chốt ngày", "Close the day";
        still_to_verify(n: &str) = format!("Còn {n}\u{a0}lượt chưa xác nhận"), format!("{} not verified yet", many(n, "visit", "visits"));
        close_day_words = "Lượt thăm gửi đến sau đó vẫn được nhận, và được đánh dấu.", "Visits that come in afterwards are still kept, and marked.";
        not_now = "Để sau", "Not now";
        void_visit = "Hủy lượt này", "Void this visit";
        void_why = "Vì sao hủy?", "Why is it voided?";
        void_words = "Lượt đã hủy không tính vào số liệu, vẫn giữ nguyên; người ghi thấy lý do.", "A voided visit does not count. It is kept as it was, and whoever recorded it sees the reason.";
        count_again = "Thôi, tính lại lượt này", "Count this visit again";
        verified_there(village: &str) = format!("Xác nhận lượt thăm, {village}"), format!("Visits verified, {village}");
        closed_there(village: &str) = format!("Chốt ngày, {village}"), format!("Day closed, {village}");
        no_visits = "Đợt này chưa đến lần nào.", "Not visited in this campaign yet.";
        was_met = "Đã gặp", "Met";
        was_not_met = "Chưa gặp", "Not met";
        corrected = "đã sửa", "corrected";
        earlier = "Trước đợt này", "Before this campaign";
        earlier_dates(days: &str) = format!("Đã đến {days}"), format!("Visited {days}");
        earlier_only_dates = "Đợt cũ chỉ còn ngày đến.", "Of earlier campaigns only the dates are left.";
        household_erased = "Một phần thông tin của hộ này đã xóa vĩnh viễn theo yêu cầu, không ghi lại được.", "Part of what was known of this household was deleted for ever, and cannot be written again.";
        edit_household = "Sửa thông tin hộ", "Correct the household";
        met = "Gặp được", "Somebody is home";
        not_home = "Vắng nhà", "Not home";
        go_on_writing = "Ghi tiếp", "Go on writing";
        visit_saved(hour: &str) = format!("Đã lưu lần thăm trên máy, {hour}"), format!("The visit is saved on this phone, {hour}");
        visit_taken_back = "Đã bỏ lần ghi", "The entry was taken back";
        visit_taken_back_why = "Lần ghi đó không còn tính nữa.", "It does not count any more.";
        household_saved = "Đã lưu thông tin hộ trên máy", "The household is saved on this phone";
        household_gone = "Máy này không có hộ này", "This household is not on this phone";
        household_gone_why = "Có thể hộ không còn giao cho máy này. Đồng bộ rồi tìm lại trong Các hộ.", "It may no longer be assigned to this phone. Sync, then look again under Households.";

        // Disputes
        dispute_title(field: &str) = format!("Hai người ghi khác nhau: {field}"), format!("Two people wrote different things: {field}");
        dispute_words = "Cả hai đều được giữ, chờ một người chọn.", "Both are kept until a person chooses.";
        dispute_choose = "Chọn cái đúng", "Choose the right one";
        dispute_over = "Đã có người chọn", "Somebody has chosen";
        dispute_over_words = "Chỗ này không còn hai cách ghi khác nhau.", "There are no longer two different entries.";
        which_is_right(field: &str) = format!("Cái nào đúng? ({field})"), format!("Which is right? ({field})");
        wrote(who: &str, what: &str, when: &str) = format!("{who} ghi {what} · {when}"), format!("{who}: {what} · {when}");
        written_by(who: &str, when: &str) = format!("{who} ghi · {when}"), format!("{who} · {when}");
        on_this_phone(name: &str) = format!("{name} (máy này)"), format!("{name} (this phone)");
        at_office(name: &str) = format!("{name} (văn phòng xã)"), format!("{name} (commune office)");
        imported_list = "Danh sách nhập vào", "An imported list";
        somebody_else = "Người khác", "Somebody else";
        other_value = "Cái khác", "Something else";
        other_value_hint = "gõ lại cho đúng", "type what is right";
        keep_chosen = "Giữ cái đã chọn", "Keep the chosen one";
        ask_family = "Chưa biết, hỏi lại gia đình", "Not known, ask the family";
        choose_one = "Chọn một ô trước đã.", "Choose one first.";
        left_empty = "để trống", "left empty";
        may_contact = "Liên hệ được", "May be contacted";

        // Vắng nhà
        saved_not_home(hour: &str) = format!("Đã lưu trên máy: vắng nhà, {hour}"), format!("Saved on this phone: not home, {hour}");
        come_again = "Hẹn đến lại lúc nào?", "When to come again?";
        tomorrow_evening(weekday: &str) = format!("Tối mai, {weekday}, khoảng 18:00"), format!("Tomorrow evening, {weekday}, about 18:00");
        tomorrow_evening_short = "tối mai, 18:00", "tomorrow, 18:00";
        next_saturday = "Thứ Bảy tuần sau", "Saturday of next week";
        another_day = "Chọn ngày khác", "Another day";
        another_day_short = "Ngày khác", "Another day";
        no_day = "Không hẹn", "No date";
        which_day = "Ngày nào?", "Which day?";
        which_hour = "Mấy giờ?", "What time?";
        hour_hint = "Ví dụ 17:30. Để trống nếu không hẹn giờ.", "For example 17:30. Empty if no hour was agreed.";
        agree_day = "Hẹn ngày này", "Agree on this day";
        wrong_day = "Chọn một ngày từ hôm nay trở đi; giờ ghi như 17:30.", "Choose a day from today on; write hours like 17:30.";
        undo_visit = "Bấm nhầm, bỏ lần ghi này", "A slip: take this entry back";

        // A visit that is being written
        write_visit = "Ghi lần thăm", "Record a visit";
        draft_kept(hour: &str) = format!("Đã lưu nháp {hour}"), format!("Draft saved {hour}");
        nth_visit(n: u16) = format!("lần thứ {n} trong đợt"), format!("visit {n} in this campaign");
        first_stays = "Bản đầu vẫn giữ", "The first version stays";
        who_was_met = "Gặp được ai?", "Who was met?";
        other_results = "Kết quả khác…", "Other results…";
        what_was_done = "Đã làm được gì?", "What was done?";
        several = "Có thể chọn nhiều ô", "Several may be chosen";
        other_purposes = "Việc khác…", "Other things…";
        what_was_said = "Bà con nói gì?", "What did people say?";
        opinions_n(n: &str) = format!("{n}\u{a0}ý kiến"), many(n, "opinion", "opinions");
        add_opinion = "Thêm ý kiến", "Add an opinion";
        with_name = "có tên", "with name";
        without_name = "không nêu tên, gửi riêng", "without name, sent apart";
        opinion_incomplete = "Ý kiến chưa ghi xong", "The opinion is not complete";
        opinion_removed = "Đã bỏ một ý kiến", "An opinion was removed";
        take_back = "Lấy lại ý kiến đó", "Bring it back";
        promise_when = "Hứa báo lại gia đình ngày nào?", "By when was an answer promised?";
        promise_hint = "Chỉ cho ý kiến có tên", "For opinions with a name only";
        in_two_weeks = "2 tuần nữa", "in 2 weeks";
        in_a_month = "1 tháng nữa", "in a month";
        short_note = "Ghi chú ngắn", "Short note";
        note_hint = "Không ghi nhận xét về thái độ, quan điểm chính trị, tôn giáo của người dân.", "Do not note views on people's conduct, politics or religion.";
        save_visit = "Lưu lần thăm", "Save the visit";
        save_correction = "Lưu bản sửa", "Save the correction";
        saving = "Đang lưu…", "Saving…";
        not_complete = "Chưa lưu được, còn thiếu", "Not saved, something is missing";
        gap_contact = "Chọn gặp được ai", "Choose who was met";
        gap_nobody_spoken = "Có ý kiến nhưng chưa gặp hay gọi được ai. Sửa ô “Gặp được ai?” hoặc bỏ ý kiến.", "There are opinions, but nobody was met or called. Correct “Who was met?” or remove them.";
        gap_opinion(n: usize) = format!("Ghi xong ý kiến {n}"), format!("Complete opinion {n}");
        gap_note_long = "Ghi chú dài quá 500 chữ cái. Rút ngắn lại.", "The note is longer than 500 characters. Shorten it.";

        // An opinion
        opinion = "Ý kiến của bà con", "What people say";
        this_is = "Đây là", "This is";
        kind_first = "Chọn trước, rồi mới ghi lời", "Choose first, then write the words";
        complaint = "Khiếu nại hoặc tố cáo", "Complaint or denunciation";
        complaint_hint = "Không ghi ở đây. Bấm là bỏ nháp ý kiến này và xem cách hướng dẫn.", "Not recorded here. A tap discards this draft and shows where to go.";
        topic = "Lĩnh vực", "Topic";
        topic_general(topic: &str) = format!("{topic}: việc chung"), format!("{topic}: in general");
        other_topic = "Lĩnh vực khác", "Another topic";
        choose_again = "Bấm để chọn lại", "Tap to choose again";
        they_said = "Bà con nói", "They said";
        they_said_hint = "Ghi đúng lời, không cần tên người", "In their words, without names";
        who_said = "Ai nói?", "Who said it?";
        who_hint = "Không nêu tên hoặc nhóm hộ: lời này rời máy mà không kèm nhà nào, lần thăm nào hay ai ghi. Xã trả lời chung cho cả thôn.", "Anonymous or group: the words leave this phone without house, visit or recorder. The commune answers the whole village.";
        urgent = "Có gấp không?", "Is it urgent?";
        urgent_example = "nguy hiểm, thiên tai", "danger, disaster";
        urgent_hint = "Gấp mà không nêu tên thì gửi đi ngay, không chờ gộp với nhà khác, nên có thể bị nhận ra.", "An urgent one without a name goes at once and is not pooled with other houses, so it may be recognised.";
        opinion_done = "Xong ý kiến này", "Done with this opinion";
        remove_opinion = "Bỏ ý kiến này", "Remove this opinion";
        opinion_not_complete = "Ý kiến còn thiếu", "Something is missing";
        gap_topic = "Chọn lĩnh vực", "Choose the topic";
        gap_text = "Ghi lời bà con", "Write what they said";
        gap_text_long = "Lời dài quá 4.000 chữ cái. Tách thành hai ý kiến.", "Longer than 4,000 characters. Make two opinions of it.";
        gap_mode = "Chọn ai nói", "Choose who said it";

        // Họp thôn
        meetings_n(n: &str) = format!("{n}\u{a0}cuộc họp"), many(n, "meeting", "meetings");
        no_meetings = "Chưa ghi cuộc họp nào", "No meeting was recorded yet";
        meetings_words = "Ghi ngay tại cuộc họp, không cần mạng.", "Recorded at the meeting itself, with or without a network.";
        open_meeting = "Mở cuộc họp", "Open a meeting";
        begin_meeting = "Bắt đầu ghi", "Begin recording";
        meeting_kind = "Họp về việc gì?", "What sort of meeting?";
        other_meetings = "Cuộc họp loại khác…", "Other meetings…";
        meeting_title = "Tên cuộc họp", "Title";
        meeting_title_hint = "Ví dụ: Bàn góp công làm đường. Để trống cũng được.", "For example: work on the road. May be left empty.";
        meeting_place = "Nơi họp", "Place";
        households_expected = "Số hộ được mời", "Households expected";
        households_present = "Hộ có mặt", "Households present";
        people_present = "Người dự", "People present";
        speakers = "Người nói", "People who spoke";
        one_household_less = "Bớt một hộ", "One household less";
        one_household_more = "Thêm một hộ", "One household more";
        one_person_less = "Bớt một người", "One person less";
        one_person_more = "Thêm một người", "One person more";
        people_there(n: &str) = format!("{n}\u{a0}người"), many(n, "person", "people");
        of_households(n: &str) = format!("trong {n}\u{a0}hộ"), format!("of {}", many(n, "household", "households"));
        count_present = "Chưa đếm người dự", "Nobody was counted yet";
        tap_to_correct = "· bấm để sửa", "· tap to correct";
        no_opinions_yet = "Chưa có ý kiến nào", "No opinion yet";
        words_without_names = "Ghi lời, không ghi tên. Loại chọn sau; chưa có loại thì chưa gửi.", "Write the words, no names. The kind may come later; without a kind nothing is sent.";
        spoke_and_said(speakers: &str, opinions: &str) = format!("{speakers}\u{a0}người nói, {opinions}\u{a0}ý kiến"), format!("{} spoke, {}", many(speakers, "person", "people"), many(opinions, "opinion", "opinions"));
        no_kind_yet = "Chưa có loại, chưa gửi", "No kind yet, not sent";
        all_opinions(n: &str) = format!("Xem cả {n}\u{a0}ý kiến"), format!("See all {n} opinions");
        speakers_are_counted(name: &str) = format!("Người nói chỉ được đếm. Ý kiến mang tên cuộc họp và người ghi, {name}."), format!("Speakers are only counted. An opinion names the meeting and its recorder, {name}.");
        drafts_left(n: &str) = format!("Còn {n}\u{a0}ý kiến chưa xong: nằm ở nháp trên máy này cho đến khi có loại và lĩnh vực."), format!("{} not complete: kept as drafts on this phone until they have kind and topic.", many(n, "opinion is", "opinions are"));
        who_speaks = "Ai đang nói?", "Who is speaking?";
        new_speaker = "Người mới nói", "Somebody new";
        same_speaker = "Vẫn người vừa rồi", "The same person";
        nth_opinion(n: usize) = format!("Ý kiến {n}"), format!("Opinion {n}");
        note_and_next = "Ghi và thêm ý kiến", "Write down, next opinion";
        kind_then_sent = "Có loại rồi mới gửi", "Sent once it has a kind";
        end_meeting = "Kết thúc, ghi kết luận", "End it, write the conclusion";
        end_now = "Kết thúc cuộc họp", "End the meeting";
        conclusion = "Kết luận", "Conclusion";
        conclusion_hint = "Vài dòng, không ghi tên người", "A few lines, without names";
        meeting_over = "Cuộc họp đã kết thúc", "The meeting is over";
        correct_meeting = "Sửa cuộc họp", "Correct the meeting";
        meeting_saved = "Đã lưu trên máy", "Saved on this phone";
        meeting_refused = "Xã chưa nhận phần đầu của cuộc họp", "The commune has not taken the meeting's header";
        undo_meeting = "Bấm nhầm, bỏ cuộc họp này", "A slip: take this meeting back";
        meeting_undone = "đã bỏ", "taken back";
        undo_opinion = "Bấm nhầm, bỏ ý kiến này", "A slip: take this opinion back";
        meeting_gone = "Máy này không có cuộc họp này", "This meeting is not on this phone";
        meeting_gone_why = "Có thể đã bỏ, hoặc thôn đó không còn giao cho máy này.", "It may have been taken back, or the village is no longer assigned here.";
        item_meeting(title: &str) = format!("Họp: {title}"), format!("Meeting: {title}");
        gap_meeting_kind = "Chọn loại cuộc họp", "Choose the sort of meeting";
        gap_meeting_when = "Chọn ngày; giờ ghi như 19:30 hoặc để trống", "Choose the day; write the hour like 19:30 or leave it empty";
        gap_meeting_count = "Số đếm là một số từ 0 đến 20.000. Sửa lại hoặc để trống.", "A count is from 0 to 20,000. Correct it or leave it empty.";
        gap_meeting_present = "Số hộ có mặt nhiều hơn số hộ được mời. Sửa một trong hai số.", "More households present than expected. Correct one of the two.";
        gap_conclusion = "Kết luận dài quá 2.000 chữ cái. Rút ngắn lại.", "The conclusion is longer than 2,000 characters. Shorten it.";
        gap_not_now = "Cuộc họp đã đổi ở nơi khác. Đồng bộ rồi xem lại.", "The meeting has changed elsewhere. Sync and look again.";

        // Stop
        not_here = "Không ghi trong ứng dụng này", "Not recorded in this app";
        stop_title = "Khiếu nại, tố cáo phải đến nơi tiếp công dân", "Complaints and denunciations go to the citizens' reception";
        stop_words = "Việc này có luật riêng và người tố cáo phải được giữ bí mật. Vì vậy nháp của ý kiến này đã xóa khỏi máy.", "There is a law of its own for them, and who denounces must be kept secret. So the draft of this opinion was erased from this phone.";
        tell_them = "Nói với bà con", "Tell them";
        tell_them_words = "“Việc này bà con gửi đơn hoặc đến gặp bộ phận tiếp công dân của xã. Ở đó có người nhận đơn, hướng dẫn và hẹn ngày trả lời.”", "“For this, please hand in a letter or go to the commune's citizens' reception. They take it in, explain, and name a day for the answer.”";
        reception = "Nơi tiếp công dân", "Citizens' reception";
        reception_where = "Ở đâu", "Where";
        reception_place(unit: &str) = format!("Bộ phận tiếp công dân, Ủy ban nhân dân {unit}"), format!("Citizens' reception, People's Committee of {unit}");
        not_a_complaint = "Không phải, chọn loại khác", "It is not one, choose another kind";
        stop_keeps_visit = "Phần còn lại của lần thăm vẫn giữ nguyên.", "The rest of the visit stays.";
        stop_keeps_meeting = "Phần còn lại của cuộc họp vẫn giữ nguyên.", "The rest of the meeting stays.";
        told_there = "Đã hướng dẫn, về cuộc họp", "They were told, back to the meeting";
        told_them = "Đã hướng dẫn, về lần thăm", "They were told, back to the visit";

        // A saved visit
        visit_of(head: &str) = format!("Lần thăm {head}"), format!("Visit to {head}");
        was_done = "Đã làm", "Done";
        next_visit = "Đến lại", "Again";
        promised_answer = "Hứa báo lại", "Answer promised";
        said_with_name = "Ý kiến có tên", "Opinions with name";
        versions = "Các bản trước", "Earlier versions";
        correct = "Sửa lần thăm này", "Correct this visit";
        correct_opinion = "Sửa ý kiến này", "Correct this opinion";
        correct_note = "Sửa ghi chú", "Correct the note";
        correction_saved = "Đã lưu bản sửa trên máy", "The correction is saved on this phone";
        undo_leaves_unnamed = "Ý kiến không nêu tên, nếu có, đã tách riêng khi lưu và vẫn nằm trong “Đã ghi”. Còn chờ gửi thì bỏ được ở đó.", "Opinions without a name, if there were any, were separated when the visit was saved and stay under “Recorded”. While they wait, they can be discarded there.";
        opinion_gone = "Máy này không có ý kiến này", "This opinion is not on this phone";
        opinion_gone_why = "Có thể đã bỏ hoặc đã sửa ở cửa sổ khác.", "It may have been discarded, or corrected in another window.";
        visit_gone = "Máy này không có lần thăm này", "This visit is not on this phone";
        visit_gone_why = "Có thể lần ghi đó đã được bỏ.", "It may have been taken back.";
        not_own = "Người khác ghi lần thăm này", "Somebody else recorded this visit";
        not_own_why = "Chỉ người ghi mới sửa hoặc bỏ được.", "Only the person who recorded it can correct it or take it back.";

        // Correcting a household
        household_minimum = "Chỉ ghi những gì cần để tìm nhà.", "Only what is needed to find the house.";
        head = "Chủ hộ", "Head of the household";
        head_hint = "Họ và tên đầy đủ", "Full name";
        sort = "Tên để xếp", "Name to sort by";
        number = "Số nhà hoặc số trong danh sách", "House number, or number in the list";
        cluster = "Cụm, ngõ, xóm", "Cluster, lane, hamlet";
        house_hint = "Nhà ở chỗ nào", "Where the house is";
        house_hint_example = "Ví dụ: cạnh nhà văn hóa, cổng gỗ", "For example: beside the village hall, wooden gate";
        hours = "Tiện gặp lúc nào", "When they are best met";
        hours_example = "Ví dụ: sau 17 giờ", "For example: after 17:00";
        phone = "Số điện thoại", "Telephone number";
        phone_hint = "10 số, để trống nếu gia đình không cho", "Ten digits; empty if the family gives none";
        people = "Số người trong nhà", "People in the household";
        people_hint = "Để trống nếu chưa biết", "Empty if not known";
        household_status = "Hộ này còn ở đây không?", "Does the household still live here?";
        contact_wish = "Gia đình có muốn được liên hệ không?", "Does the family wish to be contacted?";
        wants_no_contact = "Không liên hệ, theo lời hộ", "No contact, at the household's request";
        wants_no_contact_hint = "Không đến, không gọi, không tính là còn lại", "No visits, no calls, not counted as left";
        gap_village = "Chọn thôn", "Choose the village";
        gap_head = "Ghi tên chủ hộ", "Write the name of the head";
        gap_phone = "Số điện thoại có 10 số, bắt đầu bằng 0. Sửa lại hoặc để trống.", "A telephone number has ten digits and begins with 0. Correct it or leave it empty.";
        gap_people = "Số người là một số từ 0 đến 99. Sửa lại hoặc để trống.", "The number of people is from 0 to 99. Correct it or leave it empty.";
        gap_long = "Có dòng dài quá 200 chữ cái. Rút ngắn lại.", "A line is longer than 200 characters. Shorten it.";
        save_household = "Lưu thông tin hộ", "Save the household";
        field_no = "số nhà", "house number";
        field_head = "chủ hộ", "head";
        field_sort = "tên để xếp", "name to sort by";
        field_phone = "số điện thoại", "telephone number";
        field_people = "số người trong nhà", "number of people";
        field_hint = "chỗ ở", "where the house is";
        field_cluster = "cụm", "cluster";
        field_hours = "giờ tiện gặp", "best hours";
        field_status = "còn ở hay không", "whether they live here";
        field_no_contact = "có liên hệ hay không", "whether they may be contacted";

        // Đã ghi
        entries_title = "Những gì đã ghi", "What was recorded";
        entries_words = "Tất cả nằm an toàn trên máy này. Có mạng là tự gửi.", "Everything is safe on this phone. It is sent by itself when there is a network.";
        unfinished = "Đang ghi dở", "Not finished";
        discard_draft(what: &str) = format!("Bỏ nháp: {what}"), format!("Discard the draft: {what}");
        draft_discarded = "Đã bỏ một nháp", "A draft was discarded";
        restore_draft = "Lấy lại nháp đó", "Bring it back";
        to_part = "Đến phần", "Go to";
        review = "Cần xem lại", "To review";
        waiting = "Chờ gửi", "To send";
        sent = "Đã gửi", "Sent";
        none_waiting = "Không còn gì chờ gửi.", "Nothing waits to be sent.";
        none_sent = "Chưa gửi gì.", "Nothing was sent yet.";
        more_sent(n: &str) = format!("Xem thêm {n}\u{a0}mục đã gửi"), format!("Show {n} more");
        received_at(day: &str, hour: &str) = format!("Xã nhận {day} lúc {hour}"), format!("The commune received it {day} at {hour}");
        received = "Xã đã nhận", "The commune has received it";
        named_n(n: u32) = format!("{n}\u{a0}ý kiến có tên"), format!("{} with name", many(n, "opinion", "opinions"));
        item_corrected(head: &str) = format!("Sửa lần thăm {head}"), format!("Visit to {head}, corrected");
        item_back = "đã bỏ", "taken back";
        item_retracted(head: &str) = format!("Bỏ lần thăm {head}"), format!("Visit to {head}, taken back");
        item_added(head: &str) = format!("Thêm hộ {head}"), format!("Household {head} added");
        item_edited(head: &str) = format!("Sửa hộ {head}"), format!("Household {head} corrected");
        item_anonymous(kind: &str) = format!("1 ý kiến không nêu tên ({kind})"), format!("1 opinion without name ({kind})");
        item_anonymous_words = "Gửi riêng, không kèm nhà, lần thăm hay người ghi", "Sent apart, without house, visit or recorder";
        item_unnamed_corrected = "Sửa ý kiến không nêu tên", "Opinion without name, corrected";
        correct_this = "Sửa", "Correct";
        discard = "Bỏ", "Discard";
        hidden_house = "hộ đã thôi giao", "a household no longer assigned";
        item_other = "Mục của bản mới hơn", "An entry of a newer version";
        item_damaged = "Một bản ghi trên máy bị hỏng", "A damaged entry on this phone";
        item_damaged_unnamed = "Một ý kiến không nêu tên trên máy bị hỏng", "A damaged opinion without name on this phone";
        written_after(moment: &str) = format!("Ghi sau {moment}"), format!("Written after {moment}");
        damaged_do = "Máy không đọc được nên không gửi được; các mục khác vẫn gửi. Đừng xóa ứng dụng: báo cán bộ xã, và ghi lại nếu còn nhớ.", "The phone cannot read it, so it cannot send it; everything else is sent. Do not delete the app: tell the commune officer, and record it again if you remember it.";
        damaged_unnamed_do = "Máy không đọc được, nên không biết đã gửi hay chưa; các mục khác vẫn gửi. Đừng xóa ứng dụng: báo cán bộ xã.", "The phone cannot read it, so it cannot tell whether it was sent; everything else is sent. Do not delete the app: tell the commune officer.";
        reason_unreadable = "Xã chưa đọc được mục này, đã giữ nguyên, không mất gì. Cần người xem: báo văn phòng xã.", "The commune cannot read this entry. It keeps it as it is, nothing is lost. Somebody has to look: tell the commune office.";
        reason_not_allowed = "Hộ này không giao cho mình. Xã vẫn giữ bản ghi; gọi tổ trưởng nếu cần sửa.", "This household is not assigned here. The commune keeps the entry; call the team lead if needed.";
        reason_too_late = "Hộ này thôi giao đã hơn 30 ngày. Xã vẫn giữ bản ghi; gọi tổ trưởng.", "The assignment ended more than 30 days ago. The commune keeps the entry; call the team lead.";
        reason_revoked = "Máy này đã bị thôi dùng. Xã vẫn giữ bản ghi; gọi tổ trưởng.", "This phone was taken out of use. The commune keeps the entry; call the team lead.";
        reason_invalid = "Nội dung chưa hợp lệ. Xã vẫn giữ bản ghi; gọi tổ trưởng để sửa.", "The content breaks a rule. The commune keeps the entry; call the team lead.";
        reason_exists = "Xã đã có một mục khác trùng mã. Xã giữ cả hai để xem lại.", "The commune has another entry with the same id. Both are kept for review.";
        reason_forked = "Có máy khác đang gửi cùng số thứ tự. Xã giữ cả hai để xem lại.", "Another phone sends the same numbers. Both are kept for review.";
        reason_reserved = "Chưa làm được việc này. Xã vẫn giữ bản ghi.", "This cannot be done yet. The commune keeps the entry.";
        reason_other = "Xã giữ bản ghi này để xem lại.", "The commune keeps this entry for review.";
        reason_stale = "Đã có người sửa trước. Xã giữ bản ghi này để xem lại.", "Somebody changed it first. The commune keeps this entry for review.";

        // Đồng bộ
        sync_page = "Gửi và nhận", "Send and receive";
        sync_now_title = "Đang gửi và nhận", "Sending and receiving";
        sync_now_words = "Cứ tiếp tục ghi chép hoặc cất máy đi. Mất mạng giữa chừng cũng không mất gì.", "Go on writing, or put the phone away. Nothing is lost if the network breaks.";
        sync_now = "Đồng bộ ngay", "Sync now";
        sync_hint = "Gửi những gì đã ghi, nhận tin mới.", "Sends what was recorded, receives what is new.";
        sync_offline = "Đang không có mạng. Về chỗ có sóng, ứng dụng sẽ tự gửi.", "There is no network now. The app sends by itself where there is one.";
        connecting = "Nối với xã", "Connecting to the commune";
        connected = "Đã nối với xã", "Connected to the commune";
        sending = "Gửi những gì đã ghi", "Send what was recorded";
        receiving = "Nhận tin mới", "Receive what is new";
        progress = "Tiến độ", "Progress";
        n_of(n: &str, all: &str) = format!("{n} trên {all}\u{a0}mục"), format!("{n} of {all} entries");
        of_records(n: &str, all: &str) = format!("{n} trên {all}\u{a0}tin"), format!("{n} of {all} records");
        work_on = "Làm việc khác trong khi chờ", "Do something else meanwhile";
        nothing_to_send = "Không có gì phải gửi", "There was nothing to send";
        sent_all(n: &str, hour: &str) = format!("Gửi {n}, xã nhận đủ lúc {hour}"), format!("Sent {n}, all received at {hour}");
        sent_part(n: &str, all: &str) = format!("Gửi được {n} trong {all}"), format!("Sent {n} of {all}");
        sent_not_all_taken(n: &str, hour: &str) = format!("Gửi {n} lúc {hour}, xã chưa nhận đủ"), format!("Sent {n} at {hour}, not all of it was accepted");
        received_households(n: &str) = format!("Đã nhận {n}\u{a0}hộ"), format!("{} received", many(n, "household", "households"));
        received_n(n: &str) = format!("Nhận {n}\u{a0}tin mới."), format!("Received {}.", many(n, "new record", "new records"));
        nothing_new = "Không có tin mới.", "There was nothing new.";
        end_lost = "Mất mạng giữa chừng", "The network broke";
        end_lost_do = "Phần còn lại vẫn trên máy, có sóng sẽ tự gửi.", "The rest is safe on this phone and is sent when there is a network.";
        end_busy = "Xã đang bận", "The commune's server is busy";
        end_busy_do = "Không mất gì. Ứng dụng sẽ tự gửi lại.", "Nothing is lost. The app tries again by itself.";
        end_rejected = "Xã chưa nhận máy này", "The commune does not accept this phone";
        end_rejected_do = "Những gì đã ghi vẫn trên máy. Gọi tổ trưởng hoặc cán bộ xã.", "Everything is still on this phone. Call the team lead or the commune officer.";
        end_unreadable = "Ứng dụng trên máy này đã cũ", "The app on this phone is too old";
        end_unreadable_do = "Những gì đã ghi vẫn trên máy. Có mạng thì đóng rồi mở lại để lấy bản mới.", "Everything is still on this phone. With a network, close it and open it again to get the new version.";
        end_store = "Máy chưa lưu được tin mới", "This phone could not store what came in";
        end_store_do = "Những gì đã ghi vẫn còn. Xóa bớt ảnh cũ trong máy rồi đồng bộ lại.", "Everything recorded is still here. Delete some old photos, then sync again.";
        clock_off = "Đồng hồ máy này không đúng giờ", "This phone's clock is off";
        clock_off_do = "Bật giờ tự động trong cài đặt của máy. Những gì đã ghi vẫn đúng.", "Switch on automatic time in the phone's settings. What was recorded stays right.";

        // Settings
        settings = "Cỡ chữ, màn hình, sổ", "Letters, screen, notebooks";
        text_size = "Cỡ chữ", "Size of letters";
        text_medium = "Vừa", "Medium";
        text_large = "Lớn", "Large";
        text_largest = "Rất lớn", "Very large";
        screen = "Màn hình", "Screen";
        light = "Sáng", "Light";
        light_hint = "dễ đọc ngoài nắng", "easy to read in the sun";
        dark = "Tối", "Dark";
        dark_hint = "dịu mắt buổi tối", "gentle in the evening";
        as_phone = "Theo máy", "As the phone has it";
        language = "Ngôn ngữ", "Language";
        this_phone = "Máy này", "This phone";
        holder = "Người dùng", "Holder";
        commune = "Xã", "Commune";
        on_phone = "Trên máy", "On this phone";
        complete_at = "Đồng bộ lần cuối", "Last complete sync";
        build = "Bản", "Version";
        new_code = "Nhập mã mới", "Enter a new code";
        new_code_hint = "Khi máy này bị thôi dùng, hoặc người khác cũng dùng máy này. Sổ đang mở vẫn nguyên trên máy.", "When this phone was taken out of use, or somebody else uses it too. The open notebook stays on the phone.";
        other_notebooks = "Sổ khác trên máy này", "Other notebooks on this phone";
        other_notebooks_hint = "Bấm để mở. Không sổ nào bị xóa.", "Tap to open. No notebook is deleted.";
        waits_inside(n: u32) = format!("Còn {n}\u{a0}việc chưa gửi trong sổ này, mở sổ để gửi"), format!("{} in this notebook: open it to send", many(n, "thing not sent", "things not sent"));
        kept_yes = "Trình duyệt hứa giữ sổ này", "The browser promised to keep this notebook";
        kept_yes_words = "Máy gần đầy cũng không tự xóa.", "It is not cleared even when the phone is nearly full.";
        kept_no = "Trình duyệt chưa hứa giữ sổ này", "The browser has not promised to keep this notebook";
        kept_no_words = "Cài vào máy và đồng bộ thường xuyên. Đừng bấm “Xóa dữ liệu duyệt web”.", "Install it and sync often. Do not clear browsing data.";

        // Enrolment
        enrol_steps = "Bước 1 trong 3: mã · PIN · tải hộ được giao", "Step 1 of 3: code · PIN · download of assigned households";
        notebook_of(name: &str) = format!("Máy này đã có sổ của {name}"), format!("This phone has the notebook of {name}");
        notebook_waits(n: u32) = format!("Sổ đó còn {n}\u{a0}việc chờ gửi và vẫn nguyên trên máy. Mở lại được ở “Cỡ chữ, màn hình, sổ”."), format!("{} in it, and it stays on the phone. It can be opened again under “Letters, screen, notebooks”.", many(n, "thing waits", "things wait"));
        notebook_sent = "Sổ đó đã gửi hết và vẫn nguyên trên máy. Mở lại được ở “Cỡ chữ, màn hình, sổ”.", "Everything in it was sent, and it stays on the phone. It can be opened again under “Letters, screen, notebooks”.";
        enrol_title = "Đưa máy này vào tổ", "Bring this phone into the team";
        enrol_words = "Cán bộ xã đưa một mã dùng một lần, có hạn trong 24\u{a0}giờ.", "The commune officer gives a code that works once, within 24 hours.";
        code_label = "Gõ mã 8 chữ", "Type the code of 8 letters";
        code_hint = "Chữ hoa hay chữ thường đều được. Hoặc quét mã vuông bằng máy ảnh của điện thoại.", "Capital or small letters. Or scan the square code with the phone's camera.";
        code_scanned = "Mã đã quét, bấm Tiếp tục.", "The code was scanned; go on.";
        code_short(n: i32) = format!("Còn thiếu {n}\u{a0}chữ. Mã có 8 chữ, ví dụ KV3T-8Q4M."), format!("{} missing. A code has 8, for example KV3T-8Q4M.", many(n, "letter is", "letters are"));
        code_long(n: i32) = format!("Thừa {n}\u{a0}chữ. Mã có 8 chữ, ví dụ KV3T-8Q4M."), format!("{} too many. A code has 8, for example KV3T-8Q4M.", many(n, "letter", "letters"));
        code_unknown = "Không có mã này. Xem lại từng chữ, hoặc xin mã mới.", "There is no such code. Check each letter, or ask for a new one.";
        code_expired = "Mã này đã quá 24 giờ. Xin cán bộ xã mã mới.", "This code is older than 24 hours. Ask the commune officer for a new one.";
        code_used = "Mã này đã dùng rồi. Xin cán bộ xã mã mới.", "This code was used already. Ask the commune officer for a new one.";
        go_on = "Tiếp tục", "Go on";
        enrolling = "Đang ghi danh…", "Enrolling…";
        enrol_net = "Chưa nối được với xã", "The commune cannot be reached";
        enrol_net_do = "Mã vẫn dùng được. Đến chỗ có mạng rồi bấm Tiếp tục.", "The code is still good. Go where there is a network, then go on.";
        enrol_many = "Gõ sai nhiều lần", "Too many wrong codes";
        enrol_many_do = "Chờ vài phút rồi gõ lại.", "Wait some minutes, then type it again.";
        enrol_refused = "Xã chưa nhận máy này", "The commune does not accept this phone";
        enrol_refused_do = "Gọi cán bộ xã để xin mã mới.", "Call the commune officer for a new code.";
        no_code_title = "Không có mã thì làm thế nào?", "What if there is no code?";
        no_code_words = "Gọi tổ trưởng hoặc cán bộ dân vận của xã. Xã tạo mã cho từng người, mỗi mã dùng cho một máy.", "Call the team lead or the commune officer. The commune makes a code for each person; each code is for one phone.";
        other_key = "Khóa của xã không khớp với mã vuông", "The commune's key is not the one of the square code";
        other_key_do = "Chưa ghi gì trên máy. Báo cán bộ xã, rồi quét lại mã ở văn phòng.", "Nothing was stored. Tell the commune officer, and scan the code again at the office.";
        pin_step = "Bước 2 trong 3: mã · PIN · tải hộ được giao", "Step 2 of 3: code · PIN · download of assigned households";
        choose_title = "Chọn mã PIN để mở sổ", "Choose a PIN for the notebook";
        choose_new = "Chọn mã PIN mới", "Choose a new PIN";
        choose_hint = "Mã mình dễ nhớ, người khác khó đoán. Đừng lấy ngày sinh, số điện thoại.", "Easy to remember for its holder, hard to guess for others. No birthday, no phone number.";
        choose_pin = "Bấm 6 số", "Press 6 digits";
        choose_pin_again = "Bấm lại 6 số đó", "Press the same 6 digits again";
        choose_words = "Gõ số dài hơn, hoặc một cụm chữ từ 8 chữ", "Type more digits, or some words of 8 letters or more";
        choose_words_again = "Gõ lại đúng như vậy", "Type the same again";
        choose_again_title = "Nhập lại cho chắc", "Once more, to be sure";
        choose_longer = "Mã dài hơn", "A longer one";
        choose_shorter = "Dùng PIN 6 số", "A PIN of 6 digits";
        choose_anew = "Chọn lại", "Choose again";
        choose_differs = "Hai lần khác nhau. Chọn lại từ đầu.", "The two differ. Choose again from the beginning.";
        show_typed = "Hiện chữ đang gõ", "Show what is typed";
        pin_short(missing: usize) = format!("Còn thiếu {missing}\u{a0}số. PIN có ít nhất 6 số."), format!("{} missing. A PIN has 6 or more.", many(missing, "digit is", "digits are"));
        pin_long = "PIN dài quá 12 số.", "A PIN has 12 digits at most.";
        pin_guessable = "Mã này dễ đoán: số giống nhau, số liền nhau hoặc lặp lại. Chọn mã khác.", "Easy to guess: the same digits, digits in a row, or a piece again and again. Choose another.";
        words_short = "Cụm chữ ngắn quá. Cần ít nhất 8 chữ.", "Too short. Words need 8 letters or more.";
        words_long = "Cụm chữ dài quá 100 chữ.", "100 letters at most.";
        no_memory = "Máy thiếu bộ nhớ", "The phone is short of memory";
        no_memory_do = "Không mất gì. Đóng bớt ứng dụng khác rồi thử lại.", "Nothing is lost. Close other apps, then try again.";

        // The closed notebook
        unlock_title = "Mở khóa sổ", "Open the notebook";
        whose = "Sổ của", "Notebook of";
        press_pin(n: u8) = format!("Bấm mã PIN {n}\u{a0}số"), format!("Press the PIN of {n} digits");
        pressed(n: usize, of: usize) = format!("Đã bấm {n} trên {of}\u{a0}số"), format!("{n} of {of} digits pressed");
        type_words = "Gõ mã mở sổ", "Type what opens the notebook";
        open_notebook = "Mở sổ", "Open the notebook";
        erase = "Xóa số vừa bấm", "Take back the last digit";
        forgot = "Quên mã?", "Forgotten?";
        wrong_pin = "Mã chưa đúng, bấm lại. Sổ không mất gì.", "Not the right one. Try again; nothing is lost.";
        wrong_pin_next(millis: i64) = format!("Mã chưa đúng, bấm lại. Sai nữa thì đợi {}, rồi lâu hơn. Sổ không mất gì.", lasts(millis, Lang::Vi)), format!("Not the right one. The next wrong one costs a wait of {}, then longer. Nothing is lost.", lasts(millis, Lang::En));
        wait_pin(millis: i64) = format!("Bấm lại được sau {}. Sổ không mất gì.", lasts(millis, Lang::Vi)), format!("Wait {}. Nothing is lost.", lasts(millis, Lang::En));
        forgot_title = "Quên mã PIN", "PIN forgotten";
        forgot_words = "Những gì đã ghi vẫn còn nguyên trên máy. Hai người ở xã giữ tờ khóa khôi phục mở lại được.", "What was recorded is all on the phone. Two people of the commune who hold the sheets of the recovery key can open it.";
        forgot_step_1 = "Chọn mã PIN mới ngay bây giờ.", "Choose a new PIN now.";
        forgot_step_2 = "Máy hiện một dấu bốn nhóm chữ. Mang máy đến xã, hoặc cho người ở xã xem dấu đó.", "The phone shows a mark of four groups. Take the phone to the commune, or show them the mark.";
        forgot_step_3 = "Xã mở xong thì bấm mã mới là vào sổ.", "Once they have opened it, the new PIN opens the notebook.";
        remembered = "Nhớ ra mã rồi", "It came back to mind";
        asked_title = "Đang chờ xã mở lại sổ", "Waiting for the commune to open it";
        asked_pin(mark: &str) = format!("Dấu trên máy: {mark}. Bấm mã mới vừa chọn, hoặc mã cũ nếu nhớ ra."), format!("Mark on the phone: {mark}. Press the new PIN, or the old one if it came back to mind.");
        see_asking = "Xem xã đã mở chưa", "See whether it was opened";
        asking_title = "Chờ xã mở lại sổ", "Waiting to be opened";
        asking_words = "Hai người giữ tờ khóa khôi phục vào trang Mở lại sổ và so dấu này với dấu trên máy tính.", "Two people with sheets of the recovery key go to the page for opening phones and compare this mark with the one there.";
        asking_mark = "Dấu trên máy", "Mark on the phone";
        asking = "Đang hỏi xã…", "Asking the commune…";
        not_answered = "Xã chưa mở. Máy tự hỏi lại.", "Not opened yet. The phone asks again by itself.";
        asking_hint = "Đóng ứng dụng cũng được. Lần sau mở ra, bấm mã mới vừa chọn.", "The app may be closed. Press the new PIN when it is opened again.";
        ask_again = "Hỏi lại ngay", "Ask now";
        ask_net = "Chưa nối được với xã", "The commune cannot be reached";
        ask_net_do = "Đến chỗ có mạng. Máy tự hỏi lại.", "Go where there is a network. The phone asks again by itself.";
        ask_refused = "Xã không mở máy này", "The commune does not open this phone";
        ask_refused_do = "Máy đã bị báo mất, hoặc xã không biết máy này. Gọi cán bộ xã.", "It was reported lost, or they do not know it. Call the commune officer.";
        ask_unreadable = "Câu trả lời không mở được sổ này", "The answer does not open this notebook";
        ask_unreadable_do = "Sổ không mất gì. Nhờ hai người giữ tờ khóa làm lại.", "Nothing is lost. Ask the two people to do it again.";
        not_changed = "Chưa đổi được. Mã cũ vẫn dùng được. Thử lại.", "Not changed. The old one still opens it. Try again.";
        lock_now = "Khóa sổ", "Lock the notebook";
        lock_hint = "Tự khóa sau 5 phút không dùng, hoặc 2 phút khi chuyển sang ứng dụng khác.", "It locks by itself after 5 minutes untouched, or 2 minutes behind another app.";
        not_locked = "Chưa khóa được: chưa cất được chữ đang gõ, hoặc máy chưa tải xong ứng dụng. Thử lại sau ít phút.", "Not locked: what is being typed could not be kept, or the app is not yet whole on this phone. Try again in some minutes.";
        change_secret = "Đổi mã PIN", "Change the PIN";
        secret_changed = "Đã đổi mã. Từ giờ mở sổ bằng mã mới.", "Changed. From now on the new one opens the notebook.";
        lock_first = "Khóa sổ, mở lại bằng mã đang dùng, rồi chọn mã mới.", "Lock the notebook, open it with the present one, then choose a new one.";
        recovery_print = "Dấu khóa khôi phục", "Fingerprint of the recovery key";

        // A notebook of a build that sealed nothing
        drain_title = "Sổ này của bản dùng thử", "This notebook is of the trial version";
        drain_words = "Bản cũ chưa khóa được sổ, nên chỉ chứa dữ liệu thử. Gửi hết rồi xóa sổ này, và vào lại bằng mã mới.", "The old version could not lock it, so it holds test data only. Send what is left, delete it, and come back with a new code.";
        drain_waits(n: u32) = format!("Còn {n}\u{a0}mục chưa gửi."), format!("{} not sent.", many(n, "entry is", "entries are"));
        drain_done = "Xã đã nhận hết. Xóa được rồi.", "The commune has received all of it. It can be deleted.";
        drain_go = "Xóa sổ thử, nhập mã mới", "Delete the trial notebook, type a new code";

        ended = "Xã đã ngừng dùng sổ trên máy này", "The commune has ended the notebook on this phone";
        ended_words = "Những gì đã ghi đã gửi về xã đủ, rồi sổ tự xóa. Muốn dùng tiếp thì xin mã mới.", "All that was recorded was delivered, then the notebook deleted itself. Ask for a new code to go on.";
        lost = "Sổ trên máy này không còn", "The notebook on this phone is gone";
        lost_words = "Trình duyệt đã xóa sổ. Những gì xã đã nhận vẫn còn ở xã; những gì chưa gửi thì không lấy lại được. Xin mã mới rồi tiếp tục.", "The browser has deleted it. What the commune received is still there; what was not sent cannot be brought back. Ask for a new code and go on.";

        // Why the app does not start here
        inside_app(name: &str) = format!("Đang mở bên trong {name}"), format!("Opened inside {name}");
        open_in_browser = "Hãy mở bằng Chrome trước khi dùng", "Open it in Chrome before use";
        app_may_lose(name: &str) = format!("{name} có thể xóa mất những gì ghi trong này. Ứng dụng chưa lưu gì cả."), format!("{name} may throw away what is written here. Nothing was stored yet.");
        another_app = "ứng dụng khác", "another app";
        open_step_dots = "Bấm dấu ba chấm", "Tap the three dots";
        open_step_corner = "ở góc trên bên phải.", "in the upper right corner.";
        open_step_browser = "Chọn “Mở bằng trình duyệt”.", "Choose “Open in browser”.";
        open_step_install = "Khi Chrome hiện trang này, bấm “Cài vào máy”.", "When Chrome shows this page, tap “Install”.";
        copy_address = "Sao chép địa chỉ trang này", "Copy the address of this page";
        copied = "Đã sao chép. Mở Chrome rồi dán vào ô địa chỉ.", "Copied. Open Chrome and paste it into the address field.";
        not_copied = "Chưa sao chép được. Gõ lại địa chỉ này trong Chrome.", "It could not be copied. Type this address in Chrome.";
        nothing_stored = "Ứng dụng chưa lưu gì cả", "Nothing was stored";
        insecure = "Địa chỉ này chưa an toàn", "This address is not secure";
        insecure_words = "Trình duyệt chỉ cho giữ sổ lâu dài khi địa chỉ bắt đầu bằng https. Xin cán bộ xã địa chỉ đúng.", "Browsers keep a notebook only where the address begins with https. Ask the commune officer for the right address.";
        unsupported = "Trình duyệt này không dùng được", "This browser cannot be used";
        unsupported_words = "Cập nhật Chrome trên máy này rồi mở lại.", "Update Chrome on this phone, then open it again.";
        unsupported_private = "Trình duyệt không cho giữ sổ. Nếu đang mở cửa sổ ẩn danh thì mở cửa sổ thường.", "The browser does not keep anything here. If this is a private window, open a normal one.";
        missing_database = "kho lưu trên máy", "database";
        missing_locks = "khóa giữa các cửa sổ", "locks between tabs";
        missing_compression = "nén dữ liệu", "compression";
        missing_channel = "tin giữa các cửa sổ", "messages between tabs";
        missing_crypto = "số ngẫu nhiên", "random numbers";
        not_opened = "Chưa mở được sổ", "The notebook could not be opened";
        open_again = "Mở lại", "Open again";

        // The store
        store_full = "Máy gần đầy, chưa lưu được", "The phone is nearly full, not saved";
        store_full_do = "Chữ vẫn còn trên màn hình. Xóa bớt ảnh cũ trong máy rồi bấm lại.", "The words are still on the screen. Delete some old photos, then try again.";
        store_aborted = "Chưa lưu được", "Not saved";
        store_aborted_do = "Chữ vẫn còn trên màn hình. Bấm lại một lần nữa.", "The words are still on the screen. Try once more.";
        store_broken = "Trình duyệt chưa mở được kho trên máy", "The browser cannot reach its storage";
        store_broken_do = "Không xóa gì cả. Đóng hẳn trình duyệt rồi mở lại; nếu vẫn thế thì tắt máy rồi bật lại.", "Nothing was deleted. Close the browser and open it again; if that does not help, restart the phone.";
        store_tight = "Máy sắp đầy", "The phone is nearly full";
        store_tight_do = "Hiện vẫn lưu được. Xóa bớt ảnh cũ trong máy để không phải dừng giữa buổi.", "It can still save. Delete some old photos now, so that work need not stop.";
        store_timeout = "Máy chưa trả lời", "The phone does not answer";
        store_timeout_do = "Xem trong Đã ghi đã có chưa, rồi hãy bấm lại.", "Look under Recorded whether it is there before trying again.";
        store_blocked = "Gần Dân đang mở ở cửa sổ khác", "Gần Dân is open in another window";
        store_blocked_do = "Đóng cửa sổ kia rồi mở lại.", "Close that window, then open again.";
        store_newer = "Đã có bản mới hơn", "There is a newer version";
        store_newer_do = "Những gì đã lưu vẫn còn. Đang gõ dở thì chép phần chữ trên màn hình ra trước: phần đó chưa lưu. Rồi đóng và mở lại ứng dụng.", "What was saved is still there. If something is being typed, copy the words on the screen first: they are not saved. Then close the app and open it again.";
        store_unknown = "Sổ trên máy mới hơn ứng dụng", "The notebook is newer than the app";
        store_unknown_do = "Không động vào gì. Có mạng thì mở lại để lấy bản mới.", "Nothing was touched. With a network, open it again to get the new version.";
        store_closed = "Sổ đã đóng giữa chừng", "The notebook closed";
        store_closed_do = "Những gì đã lưu vẫn còn. Đang gõ dở thì chép phần chữ trên màn hình ra trước: phần đó chưa lưu. Rồi đóng và mở lại ứng dụng.", "What was saved is still there. If something is being typed, copy the words on the screen first: they are not saved. Then close the app and open it again.";
        store_unavailable = "Trình duyệt không cho giữ sổ", "The browser does not keep a notebook here";
        store_unavailable_do = "Nếu đang mở cửa sổ ẩn danh thì mở cửa sổ thường.", "If this is a private window, open a normal one.";
        store_damaged = "Có trang sổ không đọc được", "A page of the notebook cannot be read";
        store_damaged_do = "Không xóa gì cả. Đồng bộ lại, và báo cán bộ xã nếu vẫn thấy dòng này.", "Nothing was deleted. Sync again, and tell the commune officer if this line stays.";
    }
}

impl Field {
    /// What is wrong with a household that somebody typed.
    pub const fn household_error(&self, error: HouseholdError) -> &'static str {
        match error {
            HouseholdError::NoHead => self.gap_head,
            HouseholdError::Phone => self.gap_phone,
            HouseholdError::People => self.gap_people,
            HouseholdError::TooLong(_) => self.gap_long,
        }
    }

    /// What is wrong with the header of a meeting.
    pub const fn meeting_error(&self, error: MeetingError) -> &'static str {
        match error {
            MeetingError::Hour => self.gap_meeting_when,
            MeetingError::Count => self.gap_meeting_count,
            MeetingError::Present => self.gap_meeting_present,
            MeetingError::LineTooLong => self.gap_long,
            MeetingError::ConclusionTooLong => self.gap_conclusion,
            MeetingError::Unreadable | MeetingError::NotRecorder | MeetingError::Order => self.gap_not_now,
        }
    }

    /// A field of a household in the middle of a sentence; `None` for one of a later build.
    pub fn household_field(&self, field: &str) -> Option<&'static str> {
        Some(match field {
            "no" => self.field_no,
            "head" => self.field_head,
            "sort" => self.field_sort,
            "phone" => self.field_phone,
            "people" => self.field_people,
            "hint" => self.field_hint,
            "cluster" => self.field_cluster,
            "hours" => self.field_hours,
            "status" => self.field_status,
            "no_contact" => self.field_no_contact,
            _ => return None,
        })
    }
}

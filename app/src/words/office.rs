//! Words of the office alone.

use crate::session::Fault;
use app::words::catalogue;
use domain::encoding::Encoding;
use domain::household::{HouseholdError, HouseholdStatus};
use domain::operation::{Kind, Part};
use domain::reimport::{Difference, Doubt as MatchDoubt};
use domain::roll::{Advice, Column, Doubt, FileKind, Limit, Never, Reason as RollReason, RollError, Skip, VillageSource};
use domain::wire::{Reason, RefusalCode};

catalogue! {
    /// What the office says.
    Office {
        // The language of this catalogue, as the page says it to the browser.
        tag = "vi", "en";

        // The side and the door.
        main_places = "Phần chính", "Main parts";
        overview = "Toàn cảnh", "Overview";
        campaigns = "Đợt vận động", "Campaigns";
        teams = "Tổ và phân công", "Teams and assignment";
        households = "Danh sách hộ", "Households";
        opinions = "Ý kiến", "Opinions";
        village_meetings = "Cuộc họp", "Meetings";
        visits = "Lượt thăm", "Visits";
        quarantine = "Cần xem lại", "To be looked at";
        people = "Người và máy", "People and phones";
        units = "Đơn vị", "Units";
        look = "Cách hiện", "Display";
        language = "Ngôn ngữ", "Language";
        vietnamese = "Tiếng Việt", "Tiếng Việt";
        english = "English", "English";
        colours = "Màu", "Colours";
        light = "Sáng", "Light";
        dark = "Tối", "Dark";
        as_machine = "Theo máy", "As on this computer";
        letters = "Cỡ chữ", "Letters";
        medium = "Vừa", "Medium";
        large = "Lớn", "Large";
        largest = "Rất lớn", "Very large";
        sign_in = "Đăng nhập", "Sign in";
        sign_out = "Đăng xuất", "Sign out";
        still_signed_in = "Chưa đăng xuất được", "Still signed in";
        sign_in_help = "Quên mật khẩu: hỏi người quản trị của xã.", "Passphrase forgotten: ask the administrator of the commune.";
        login = "Tên đăng nhập", "Sign-in name";
        login_hint = "Chữ thường không dấu, số, dấu chấm, gạch nối. Ví dụ: kim.hanh", "Small letters without accents, digits, full stop, hyphen. For example: kim.hanh";
        login_missing = "Còn thiếu tên đăng nhập.", "The sign-in name is missing.";
        login_wrong = "Tên đăng nhập chỉ có chữ thường không dấu, số, dấu chấm, gạch nối.", "A sign-in name has small letters without accents, digits, full stops and hyphens only.";
        login_twice = "Hai người cần hai tên đăng nhập khác nhau.", "Two people need two different sign-in names.";
        passphrase = "Mật khẩu", "Passphrase";
        passphrase_hint = "Từ 10 ký tự trở lên. Một câu dễ nhớ thì tốt hơn một chữ khó.", "10 characters or more. A sentence that is easy to remember is better than a difficult word.";
        passphrase_missing = "Còn thiếu mật khẩu.", "The passphrase is missing.";
        passphrase_short = "Mật khẩu cần từ 10 ký tự trở lên.", "A passphrase needs 10 characters or more.";
        expired = "Phiên làm việc đã hết.", "The session has ended.";
        expired_next = "Những gì đã gõ bên dưới vẫn còn. Đăng nhập lại rồi bấm tiếp.", "What was typed below is still there. Sign in again and go on.";
        demo = "Dữ liệu bịa để xem thử", "Made-up data to try things out";
        not_for_role = "Vai trò này không mở được trang này", "This role cannot open this page";
        not_for_role_next = "Các mục ở bên trái là những gì vai trò này làm được.", "The entries on the left are what this role can do.";
        no_page = "Không có trang này", "There is no such page";
        to_start = "Về trang đầu", "To the first page";

        // What happens to a request.
        loading = "Đang lấy số liệu…", "Fetching…";
        saving = "Đang lưu…", "Saving…";
        again = "Thử lại", "Try again";
        nothing_lost = "Những gì đã gõ vẫn còn trên trang. Bấm lại được, không sợ lưu hai lần.", "What was typed is still on the page. Pressing again is safe: nothing is stored twice.";
        wrong_form = "Cần sửa mấy chỗ", "Some things need correcting";
        wrong_field = "Máy chủ không nhận giá trị này. Xem lại.", "The server does not accept this value. Look at it again.";
        taken = "Tên này đã có rồi. Chọn tên khác.", "That name is taken. Choose another.";
        wrong_day = "Ngày này không đọc được. Gõ như 5/3/2026.", "This is no day. Type it like 5/3/2026.";
        day_missing = "Còn thiếu ngày.", "The day is missing.";
        day_hint = "ngày/tháng/năm, như 5/3/2026", "day/month/year, like 5/3/2026";
        leave_it = "Thôi", "Leave it";
        close = "Đóng", "Close";
        undo = "Hoàn tác", "Undo";
        change = "Sửa", "Change";
        change_named(name: &str) = format!("Sửa {name}"), format!("Change {name}");
        see = "Xem", "See";
        not_chosen = "Chưa chọn", "Not chosen";
        unknown = "Chưa biết", "Not known";
        details = "Chi tiết", "Details";

        // Filters and lists.
        filter = "Lọc", "Filter";
        search = "Tìm", "Search";
        search_said = "Tìm trong lời nói", "Search in the words";
        all = "Tất cả", "All";
        campaign = "Đợt vận động", "Campaign";
        campaign_short = "cả đợt", "campaign";
        running_campaign = "Đang chạy", "Running";
        village = "Thôn, tổ dân phố", "Village";
        village_short = "Thôn", "Village";
        team = "Tổ", "Team";
        kind = "Loại", "Kind";
        topic = "Lĩnh vực", "Topic";
        standing = "Tình trạng", "Standing";
        order = "Thứ tự", "Order";
        from_day = "Từ ngày", "From";
        to_day = "Đến ngày", "To";
        export(n: &str) = format!("Xuất {n}\u{a0}dòng .xlsx"), format!("Export {n}\u{a0}rows .xlsx");
        export_csv = "hoặc .csv", "or .csv";
        export_note = "Chỉ xuất những gì đang lọc, không có tên và số điện thoại.", "Exports what is filtered only, without names and phone numbers.";
        more(here: &str, all: &str) = format!("Đang hiện {here} trên {all}. Xem thêm"), format!("{here} of {all} shown. Show more");
        nothing_found = "Không có dòng nào như đang lọc.", "Nothing fits this filter.";
        drop_filters = "Bỏ lọc", "Drop the filter";
        print = "In trang này", "Print this page";

        // Overview.
        no_campaign = "Chưa có đợt vận động nào đang chạy", "No campaign is running";
        no_campaign_why = "Số liệu tính theo đợt vận động. Lập một đợt rồi cho chạy thì số liệu hiện ở đây.", "Figures belong to a campaign. Make one and start it, then they appear here.";
        make_campaign = "Lập đợt vận động", "Make a campaign";
        no_households = "Chưa có hộ nào", "No households yet";
        no_households_why = "Sổ chưa có hộ nào. Nhập danh sách hộ từ tệp .xlsx hoặc .csv.", "The book has no households yet. Import the list from an .xlsx or .csv file.";
        import = "Nhập danh sách hộ", "Import households";
        met_of(met: &str, all: &str) = format!("Đã gặp {met} trên {all} hộ."), format!("{met} of {all} households met.");
        one_unassigned = "Còn một thôn chưa giao cho ai.", "One village is not given to anybody.";
        some_unassigned(n: &str) = format!("Còn {n} thôn chưa giao cho ai."), format!("{n} villages are not given to anybody.");
        all_assigned = "Thôn nào cũng đã giao cho tổ", "Every village is given to a team";
        villages_count(n: &str) = format!("{n} thôn"), many(n, "village", "villages");
        figures_of(at: &str) = format!("số liệu tính đến {at}"), format!("figures as of {at}");
        silent_phones(n: &str) = format!("{n} máy chưa gửi quá 3 ngày"), format!("{} silent for more than 3 days", many(n, "phone", "phones"));
        whole_commune = "Cả xã", "The whole commune";
        met = "Đã gặp", "Met";
        not_met = "Chưa gặp", "Not met";
        tried = "Đã đến, chưa gặp", "Visited, not met";
        no_contact_short = "Không liên hệ", "Not to contact";
        tried_short = "Đến, chưa gặp", "Not met";
        of_met = " hộ đã gặp, ", " met, ";
        of_tried = " đã đến mà chưa gặp, ", " visited and not met, ";
        of_new = " chưa đến", " not visited";
        of_apart = " không liên hệ", " not to be contacted";
        assigned_count(n: &str) = format!("{n} hộ đã giao cho tổ"), format!("{} given to teams", many(n, "household", "households"));
        left_count(n: &str) = format!("còn lại {n} hộ"), format!("{} left", many(n, "household", "households"));
        overdue_count(n: &str) = format!("{n} hộ quá hẹn"), format!("{} overdue", many(n, "household", "households"));
        most_in(village: &str) = format!("nhiều nhất ở {village}."), format!("most in {village}.");
        no_contact_count(n: &str) = format!("{n} hộ không liên hệ, theo lời hộ, đếm riêng"), format!("{} asked not to be contacted, counted apart", many(n, "household", "households"));
        bar_spoken(met: &str, tried: &str, new: &str) = format!("Đã gặp {met}, đã đến nhưng chưa gặp {tried}, chưa đến {new}"), format!("Met {met}, visited and not met {tried}, not visited {new}");
        weeks_title = "Lượt gặp theo tuần", "Meetings by week";
        weeks_note = "Mỗi cột là một tuần, tính từ thứ Hai.", "Each column is a week from its Monday.";
        week_from = "Tuần từ", "Week of";
        said_by_week = "Ý kiến theo tuần", "Opinions by week";
        said_by_week_note = "Ý kiến không nêu tên tính vào tuần được ghi. Ý kiến chỉ biết đợt thì không có ở đây.", "Opinions without a name count to the week they are from. Those that only have a campaign are not here.";
        held_by_week = "Cuộc họp theo tuần", "Village meetings by week";
        no_meetings_held = "Chưa có cuộc họp nào.", "No village meetings yet.";
        campaigns_title = "Từng đợt vận động", "Campaign by campaign";
        trends_title = "Kỳ này bên kỳ trước: từng thôn, từng tổ, từng người", "These days beside those before: villages, teams and people";
        given_by_name = "Giao riêng", "Given by name";
        meetings = "Lượt gặp", "Meetings";
        as_table = "Xem dạng bảng", "See as a table";
        no_visits_yet = "Chưa có lượt thăm nào.", "No visits yet.";
        compared = "So với kỳ trước", "Beside the days before";
        compared_how = "Kỳ trước là bấy nhiêu ngày liền ngay trước kỳ này.", "The days before are as many, and end the day before these begin.";
        compared_days(from: &str, to: &str) = format!("{from} đến {to}"), format!("{from} to {to}");
        not_compared = "Đợt bắt đầu sau ngày đầu của kỳ trước, nên không so.", "The campaign began after the first of the days before, so nothing is compared.";
        figure = "Chỉ tiêu", "Figure";
        difference = "Tăng, giảm", "More or less";
        visits_made = "Lượt thăm", "Visits";
        households_met = "Số hộ đã gặp", "Households met";
        meetings_held = "Cuộc họp", "Village meetings";
        teams_title = "Từng tổ", "Team by team";
        teams_note = "Số hộ và ý kiến của một tổ là của các thôn giao cho tổ; thôn giao cho hai tổ thì tính ở cả hai. Lượt thăm là của người trong tổ, đi thôn nào cũng tính.", "Households and opinions of a team are those of its villages; a village that is given to two teams counts for both. Visits are those of its members, wherever they went.";
        members_title = "Từng thành viên", "Person by person";
        members_note = "Cột giao riêng, còn lại, đến hẹn là các hộ giao đích danh cho người đó, ai đến cũng tính. Cột ý kiến chỉ đếm ý kiến có tên và ý kiến ở cuộc họp: ý kiến không nêu tên không thuộc về người ghi nào.", "Given by name, left and due are of the households given to that person, whoever went there. Opinions here are those with a name and those of village meetings: whose phone an anonymous one came from is kept nowhere.";
        member = "Thành viên", "Person";
        left = "Còn lại", "Left";
        last_visit = "Lần thăm cuối", "Last visit";
        topics_title = "Ý kiến theo lĩnh vực", "Opinions by topic";
        these_days = "Kỳ này", "These days";
        days_before = "Kỳ trước", "Days before";
        by_week = "Theo tuần", "By week";
        where_most = "Nơi có nhiều", "Where most";
        week_and_count(week: &str, n: &str) = format!("tuần {week}: {n}"), format!("week of {week}: {n}");
        topics_by_week = "Ý kiến theo lĩnh vực và tuần", "Opinions by topic and week";
        topics_by_village = "Ý kiến theo lĩnh vực và thôn", "Opinions by topic and village";
        no_opinions_yet = "Chưa có ý kiến nào.", "No opinions yet.";
        villages_title = "Từng thôn, nơi còn nhiều việc trước", "Village by village, most work first";
        households_n = "Số hộ", "Households";
        progress = "Tiến độ", "Progress";
        percent_met = "Phần trăm đã gặp", "Per cent met";
        due = "Đến hẹn", "Due";
        overdue = "Quá hẹn", "Overdue";
        unassigned = "Chưa giao cho tổ nào", "Not given to any team";
        assign = "Phân công", "Assign";

        // Households, visits, opinions.
        households_found(n: &str) = format!("{n} hộ"), many(n, "household", "households");
        new_of_them(n: &str) = format!("{n} chưa đến"), format!("{n} not visited");
        no_code = "Chưa có mã", "No code yet";
        code = "Mã hộ", "Code";
        number = "Số trong danh sách", "Number in the list";
        place = "Chỗ ở", "Place";
        people_n = "Số người", "People";
        status = "Trong sổ", "In the book";
        attempts = "Số lượt đến", "Visits";
        last_met = "Gặp gần nhất", "Last met";
        next = "Hẹn", "Next";
        disputed = "Hai người ghi hai số khác nhau", "Two people recorded different values";
        to_visits = "Xem các lượt thăm", "See the visits";
        visits_found(n: &str) = format!("{n} lượt thăm"), many(n, "visit", "visits");
        met_of_them(n: &str) = format!("{n} gặp được"), format!("{n} met somebody");
        no_visits_why = "Chưa có lượt thăm nào. Tổ đi về, máy có mạng là lượt thăm hiện ở đây.", "No visits yet. They appear here once a team's phones are back online.";
        contact = "Kết quả", "Result";
        purposes = "Đã làm", "Done";
        amended = "Lượt này đã sửa một lần. Bản đầu vẫn giữ.", "This visit was corrected. The first version is kept.";
        when = "Lúc", "When";
        household = "Hộ", "Household";
        by = "Người ghi", "Recorded by";
        received = "Xã nhận", "Received";
        verification = "Xác nhận lượt thăm", "Verify visits";
        day_title(day: &str, visits: &str, waiting: &str) = format!("Ngày {day}: {visits} lượt thăm, {waiting} chưa xác nhận"), format!("{day}: {}, {waiting} not verified", many(visits, "visit", "visits"));
        days_open(n: &str) = format!("{n} ngày chưa chốt"), format!("{} not closed", many(n, "day", "days"));
        all_days = "Tất cả các ngày", "All days";
        day_state = "Chốt ngày", "Closing";
        open_day = "Chưa chốt", "Open";
        closed_by(name: &str) = format!("{name} đã chốt"), format!("Closed by {name}");
        late = "Đến sau khi chốt", "After closing";
        late_n(n: &str) = format!("{n} lượt đến hoặc sửa sau khi chốt"), format!("{} came or changed after closing", many(n, "visit", "visits"));
        latest_days(n: &str) = format!("Đây là những ngày gần nhất, trong {n} ngày. Chọn ngày ở trên để xem ngày cũ hơn."), format!("These are the latest of {n} days. Choose days above to see earlier ones.");
        confirm_n(n: &str) = format!("Xác nhận {n} lượt đã chọn"), format!("Verify {}", many(n, "chosen visit", "chosen visits"));
        your_own_visit = "Lượt của chính mình: người khác xác nhận.", "Your own visit: somebody else verifies it.";
        void_visit = "Hủy lượt này", "Void this visit";
        verified_short = "Xác nhận", "Verified";
        all_that_count = "Tất cả lượt được tính", "All that count";
        choose_reason = "Chọn lý do", "Choose a reason";
        void_why = "Lý do hủy", "Why it is voided";
        void_note = "Lượt đã hủy không tính vào số liệu, vẫn giữ nguyên và người ghi thấy lý do.", "A voided visit does not count. It is kept as it was, and whoever recorded it sees the reason.";
        amended_short = "đã sửa", "corrected";
        take_it_back = "Thôi, tính lại", "Count it again";
        still_waiting(n: &str) = format!("Còn {n} lượt chưa ai xác nhận."), format!("{} not verified yet.", many(n, "visit", "visits"));
        close_day = "Chốt ngày", "Close the day";
        close_day_warning(day: &str) = format!("Chốt ngày {day}. Lượt thăm đến hoặc sửa sau đó vẫn được nhận, và được đánh dấu."), format!("Close {day}. Visits that come in or change afterwards are still kept, and marked.");
        reopen_day = "Mở lại ngày", "Reopen the day";
        reopen_warning = "Mở lại ngày này: không còn lượt nào mang dấu đến sau khi chốt.", "Reopen this day: no visit is marked as late any more.";
        day_counts(visits: &str, voided: &str) = format!("{visits} lượt được tính, {voided} lượt đã hủy."), format!("{} count, {voided} voided.", many(visits, "visit", "visits"));
        close_note = "Máy ngoài địa bàn có thể chưa gửi: xem cột máy chưa gửi ở Toàn cảnh trước khi chốt.", "Phones in the field may not have sent yet: look at the overview before closing.";
        opinions_found(n: &str) = format!("{n} ý kiến"), many(n, "opinion", "opinions");
        urgent_of_them(n: &str) = format!("{n} gấp"), format!("{n} urgent");
        no_opinions_why = "Chưa có ý kiến nào.", "No opinions yet.";
        anonymous_batches = "Ý kiến không nêu tên đến từng mẻ, khi trong tuần thôn đã có ít nhất năm hộ được thăm.", "Anonymous opinions come in batches, once at least five households of the village were visited in the week.";
        anonymous_keeps = "Không lưu hộ, lần thăm, người ghi.", "Household, visit and recorder are not kept.";
        week = "tuần", "week";
        week_term = "Tuần", "Week";
        from_monday(day: &str) = format!("từ thứ Hai {day}"), format!("from Monday {day}");
        day = "Ngày", "Day";
        urgency = "Gấp", "Urgency";
        meeting = "Cuộc họp", "Meeting";
        meetings_found(n: &str) = format!("{n} cuộc họp"), many(n, "meeting", "meetings");
        going_on_of_them(n: &str) = format!("{n} chưa kết thúc"), format!("{n} not concluded");
        no_meetings_why = "Chưa có cuộc họp nào. Ghi trên điện thoại ở phần Họp thôn, máy có mạng là hiện ở đây.", "No meetings yet. They are recorded on phones and appear here once a phone is back online.";
        meeting_place = "Nơi họp", "Place";
        households_there = "Hộ có mặt / được mời", "Households present / expected";
        people_there = "Người dự", "People present";
        said_there = "Đã nói", "Said";
        spoke(n: &str) = format!("{n} người nói"), format!("{} spoke", many(n, "person", "people"));
        conclusion = "Kết luận", "Conclusion";
        to_its_opinions(n: &str) = format!("Xem {n} ý kiến"), format!("See {}", many(n, "opinion", "opinions"));
        speakers_counted = "Tại cuộc họp, người nói chỉ được đếm, không ghi tên", "At a meeting speakers are only counted, not named";
        at_meeting = "tại cuộc họp", "at a meeting";
        of_one_person(name: &str) = format!("Chỉ của {name}."), format!("Only by {name}.");
        of_these_days(from: &str, to: &str) = format!("Chỉ các ngày {from} đến {to}."), format!("Only the days {from} to {to}.");
        of_one_standing(standing: &str) = format!("Chỉ lượt: {standing}."), format!("Only: {standing}.");
        of_one_meeting = "Chỉ ý kiến của một cuộc họp.", "Only the opinions of one meeting.";
        to_the_meeting = "Xem cuộc họp", "See the meeting";
        all_opinions = "Xem mọi ý kiến", "See all opinions";
        speaker = "Người nói", "Speaker";
        named = "Có tên, giữ riêng khỏi lời nói", "Named, kept apart from the words";

        // Disputes.
        disputes = "Ghi khác nhau", "Recorded differently";
        disputes_none = "Không hộ nào có hai người ghi khác nhau", "No household is recorded differently";
        disputes_found(n: &str) = format!("{n} hộ có hai người ghi khác nhau"), many(n, "household recorded differently", "households recorded differently");
        disputes_empty = "Chỗ nào hai người ghi khác nhau đều đã chọn xong.", "Wherever two people wrote different things it is decided.";

        // Quarantine.
        twins = "Hộ ghi trùng", "Recorded twice";
        twins_none = "Không còn cặp hộ nào có vẻ là một", "No two households look like one";
        twins_found(n: &str) = format!("{n} cặp có vẻ là một hộ"), many(n, "pair of households may be one", "pairs of households may be one");
        twins_why = "Hai tổ cùng ghi một nhà thì thành hai hộ. Chọn hộ giữ lại: lượt thăm, ý kiến, lời hẹn của cả hai đều tính cho hộ ấy, không mất gì, gỡ ra được. Chưa chắc thì để vậy, hỏi lại thôn.", "A house that two teams wrote down is two households. Choose the one to keep: visits, opinions and promises of both count for it, nothing is lost, and it can be taken apart again. If it is not certain leave it, and ask the village.";
        twins_empty = "Không hai hộ nào cùng thôn giống nhau đến mức phải hỏi.", "No two households of one village are so much alike that somebody has to look.";
        keep_this = "Là một hộ, giữ hộ này", "One household, keep this one";
        kept = "Hộ giữ lại", "The one that is kept";
        two_households = "Hai hộ khác nhau", "Two households";
        take_apart = "Gỡ ra", "Take back";
        made_by = "Ai ghi", "Made by";
        is_part_of = "Hộ này ghi trùng, được tính vào hộ khác", "This household was recorded twice and counts as part of another one";
        stands_for = "Hộ này được ghi hai lần, tính là một", "This household was recorded twice and counts as one";
        quarantine_none = "Không có gì cần xem lại", "Nothing to be looked at";
        quarantine_found(n: &str) = format!("{n} mục cần xem lại"), format!("{n} to be looked at");
        quarantine_intro = "Những gì máy gửi về mà chưa đưa vào sổ được. Bản gốc vẫn giữ, không mất gì. Làm việc nên làm ở từng dòng trước, rồi bấm “Nhận lại”: máy chủ xét lại đúng bản gốc, và máy đã ghi biết kết quả ở lần đồng bộ tới.", "What phones sent and could not be taken into the book. The originals are kept, nothing is lost. First do what each line says, then press “Take in again”: the server judges the very original, and the phone that wrote it learns what became of it with its next sync.";
        take_in = "Nhận lại", "Take in again";
        take_in_all(n: &str, why: &str) = format!("Nhận lại {n} mục: {why}"), format!("Take {n} in again: {why}");
        taken_in_n(n: &str) = format!("Đã vào sổ {n} mục"), format!("{n} taken into the book");
        taken_in_none = "Chưa mục nào vào sổ được", "Nothing could be taken in yet";
        taken_in_followed(n: &str) = format!("Trong đó {n} mục vào theo, vì trước đó chờ một mục khác."), format!("Of them {n} came in with another one that they had waited for.");
        still_waits(n: &str, why: &str) = format!("Còn chờ {n} mục: {why}."), many(n, "still waits", "still wait") + &format!(": {why}.");
        read_waiting = "Xem nội dung", "Read it";
        written_at = "Ghi lúc", "Written at";
        waiting_says = "Nội dung", "It says";
        waiting_says_nothing = "Chỉ có mã và tham chiếu, không có lời nào.", "Codes and references alone, no words.";
        waiting_unreadable = "Máy chủ này không đọc được. Bản gốc vẫn giữ nguyên.", "This server cannot read it. The original is kept as it came.";
        waiting_elsewhere = "Về một nơi ngoài xã này, nên ở đây không đọc được.", "About a place outside this commune, so it cannot be read here.";
        set_aside = "Đã xử lý, cất đi", "Dealt with, put it aside";
        put_aside = "Đã xử lý", "Dealt with";
        bring_back = "Đưa ra lại", "Bring it back";
        quarantine_empty = "Mọi thứ máy gửi về đều đã vào sổ.", "Everything that phones sent is in the book.";
        from_whom = "Từ máy của", "From the phone of";
        anonymous_n(n: &str) = format!("{n} ý kiến không nêu tên"), many(n, "anonymous opinion", "anonymous opinions");
        anonymous_next = "Không lưu ai gửi nên không hỏi được. Báo người quản trị.", "Who sent it is not kept, so nobody can be asked. Tell the administrator.";
        what = "Nội dung", "What";
        bytes(n: &str) = format!("{n} byte"), format!("{n} bytes");
        unreadable_kind = "Chưa đọc được", "Cannot be read yet";
        reason = "Lý do", "Reason";
        what_to_do = "Nên làm", "What to do";

        // Units.
        unit = "Đơn vị", "Unit";
        units_found(n: &str) = format!("{n} thôn, tổ dân phố"), many(n, "village", "villages");
        add_village = "Thêm thôn", "Add a village";
        village_name = "Tên đầy đủ", "Full name";
        village_name_hint = "Có chữ thôn, bản, ấp, tổ dân phố. Ví dụ: Thôn Đồng Cừ – Bến Lĩnh", "With its type. For example: Thôn Đồng Cừ – Bến Lĩnh";
        village_name_missing = "Còn thiếu tên thôn.", "The village's name is missing.";
        village_there = "Xã đã có thôn tên này.", "The commune has a village of that name.";
        code_letters = "Chữ đầu mã hộ", "Letters of household codes";
        code_letters_hint = "Ví dụ DC thì mã hộ là DC-0187. Để trống thì máy chủ tự đặt.", "With DC, household codes read DC-0187. Left empty, the server chooses.";
        since = "Có từ ngày", "Exists since";
        until_day(day: &str) = format!("đến {day}"), format!("until {day}");
        no_villages = "Chưa có thôn nào. Thêm ở bên, hoặc nhập danh sách hộ: thôn trong tệp được tạo luôn.", "No villages yet. Add one at the side, or import households: villages of the file are made with it.";
        unit_stored(name: &str) = format!("Đã thêm {name}"), format!("{name} added");
        change_unit = "Sửa đơn vị", "Change a unit";
        save_unit = "Lưu đơn vị", "Save the unit";
        code_letters_fixed = "Chỉ đổi được khi chưa hộ nào của thôn có mã.", "They can change as long as no household of the village has a code.";
        renamed_on = "Tên mới có từ ngày", "New name since";
        renamed_hint = "Tên cũ được giữ và vẫn tìm được. Để trống nếu chỉ sửa lỗi chính tả.", "The old name is kept and can be found. Leave empty to correct a spelling.";
        renamed_wrong = "Ngày này chưa tới, hoặc tên cũ chưa dùng ngày nào.", "This day has not come yet, or the old name would not have had a day.";
        last_day_unit = "Đến hết ngày", "Last day";
        last_day_unit_hint = "Ngày cuối cùng còn thôn này. Để trống nếu vẫn còn.", "The last day on which it exists. Leave empty if it goes on.";
        formerly(name: &str, day: &str) = format!("trước là {name} (đến {day})"), format!("formerly {name} (until {day})");
        now_is(name: &str) = format!("nay là {name}"), format!("now {name}");
        units_on = "Đơn vị vào ngày", "Units on the day";
        units_on_hint = "Để trống: đơn vị hiện nay, kèm những thôn đã thôi.", "Empty: the units of today, and those that have ended.";
        units_as_of(day: &str) = format!("Đơn vị và tên gọi vào ngày {day}"), format!("Units and their names on {day}");

        // Mergers and splits that wait for their day.
        ahead_title = "Quyết định ghi trước", "Decisions entered ahead";
        ahead_what(from: &str, into: &str) = format!("{from} thành {into}"), format!("{from} become {into}");
        ahead_waits(day: &str) = format!("Ghi trước: đến ngày {day} mới thực hiện. Trước ngày đó thôn, số liệu, quyền xem đều như hôm nay, và còn bỏ được."), format!("Entered ahead: carried out on {day}. Until then villages, figures and rights are as today, and it can be dropped.");
        ahead_done(names: &str, day: &str) = format!("Đã ghi trước: {names}, từ ngày {day}"), format!("Entered ahead: {names}, from {day}");
        drop_ahead = "Bỏ quyết định này", "Drop this decision";
        drop_ahead_warning = "Đến ngày đó sẽ không nhập, tách gì. Thôn giữ như hôm nay.", "Nothing will be merged or split on that day. The villages stay as they are.";
        ahead_name_taken = "Đến ngày thì tên hoặc chữ đầu mã hộ đã có thôn khác dùng. Ghi lại với tên khác.", "By its day another village had the name or the letters. Enter it anew with another name.";
        ahead_households = "Đến ngày thì có hộ không còn ở thôn được tách. Ghi lại.", "By its day a household was no longer in the village. Enter it anew.";
        ahead_villages = "Đến ngày thì thôn cũ đã khác. Xem lại rồi ghi lại.", "By its day the villages were others. Look at them and enter it anew.";
        add_unit = "Thêm đơn vị", "Add a unit";
        add_commune = "Thêm xã", "Add a commune";
        unit_level = "Cấp", "Level";
        unit_above = "Thuộc", "Belongs to";
        became(names: &str, no: &str) = format!("nay là {names}, theo Quyết định {no}"), format!("now {names}, by decision {no}");
        now_called(name: &str, now: &str) = format!("{name} (nay là {now})"), format!("{name} (now {now})");

        // Mergers and splits.
        rearrange = "Nhập, tách thôn", "Merge or split villages";
        rearrange_all = "Nhập, tách, chuyển đơn vị", "Merge, split or move units";
        rearrange_comes_to = "Sẽ thành thế này", "What it comes to";
        rearrange_kind = "Việc cần ghi", "What was decided";
        merge = "Nhập nhiều thôn thành một", "Merge several villages into one";
        split = "Tách một thôn thành hai", "Split a village in two";
        merged_villages = "Những thôn nhập lại", "Villages that are merged";
        split_village = "Thôn được tách", "The village that is split";
        new_village_name = "Tên thôn mới", "Name of the new village";
        first_part = "Tên thôn thứ nhất", "Name of the first village";
        first_part_hint = "Giữ những hộ không chuyển sang thôn thứ hai, ý kiến không nêu hộ và các cuộc họp trước ngày tách.", "It keeps the households that do not go to the second one, opinions without a household, and meetings held before.";
        second_part = "Tên thôn thứ hai", "Name of the second village";
        second_households(n: &str) = format!("Hộ về thôn thứ hai: đã chọn {n}"), format!("Households of the second village: {n} chosen");
        first_village_first = "Chọn thôn được tách trước, danh sách hộ hiện ở đây.", "Choose the village first; its households come here.";
        decision_of_units = "Số quyết định", "Number of the decision";
        decision_of_units_hint = "Ví dụ: 45/QĐ-UBND hoặc 12/NQ-HĐND", "For example: 45/QĐ-UBND or 12/NQ-HĐND";
        decision_signed = "Ngày ký", "Signed on";
        in_force = "Có hiệu lực từ ngày", "In force from";
        in_force_hint = "Ngày đầu tiên của đơn vị mới. Ghi trước ngày đó cũng được.", "The first day of the new unit. It can be entered ahead.";
        villages_two_missing = "Chọn ít nhất hai thôn của cùng một xã.", "Choose at least two villages of one commune.";
        village_one_missing = "Chọn thôn được tách.", "Choose the village that is split.";
        new_name_missing = "Còn thiếu tên thôn mới, hoặc xã đã có thôn tên này.", "A name is missing, or the commune has a village of that name.";
        second_missing = "Chọn ít nhất một hộ về thôn thứ hai.", "Choose at least one household for the second village.";
        decision_no_missing = "Còn thiếu số quyết định.", "The number of the decision is missing.";
        decision_day_wrong = "Ngày ký không được sau ngày có hiệu lực.", "It cannot be signed after it took effect.";
        in_force_wrong = "Ngày có hiệu lực trước ngày có thôn cũ.", "This day is before a village began.";
        merger_preview(from: &str, into: &str, n: &str) = format!("{from} thành {into}: {n} hộ."), format!("{from} become {into}: {}.", many(n, "household", "households"));
        split_preview(from: &str, first: &str, n: &str, second: &str, m: &str) = format!("{from} thành {first} ({n} hộ) và {second} ({m} hộ)."), format!("{from} becomes {first} ({}) and {second} ({}).", many(n, "household", "households"), many(m, "household", "households"));
        village_with(name: &str, n: &str) = format!("{name} ({n} hộ)"), format!("{name} ({})", many(n, "household", "households"));
        and_word = " và ", " and ";
        nothing_moves = "Không hộ nào phải ghi lại, mã hộ giữ nguyên. Lượt thăm, ý kiến, số liệu của đợt đang chạy tính tiếp cho thôn mới.", "No household is written anew and codes stay. Visits, opinions and figures of the running campaign go on under the new village.";
        work_goes_on(teams: &str) = format!("{teams} tiếp tục phụ trách những hộ đang phụ trách, và hộ mới thêm sau này."), format!("{teams} go on at the households that they have, and at new ones.");
        phones_go_on = "Điện thoại hiện tên mới sau lần đồng bộ tới. Những gì ghi lúc không có mạng vẫn nhận đủ.", "Phones show the new name after their next sync. What was written without a network is taken in full.";
        rearrange_for_good = "Ghi xong thì không hoàn tác được. Đơn vị cũ vẫn còn trong danh sách, kèm số quyết định.", "This cannot be undone. The former units stay in the list of units, with the decision.";
        rearrange_choose = "Chọn thôn và ghi tên thôn mới, việc sẽ làm hiện ở đây.", "Choose villages and name the new one; what will be done is said here.";
        merge_yes = "Nhập thôn", "Merge the villages";
        split_yes = "Tách thôn", "Split the village";
        rearranged_done(names: &str) = format!("Đã ghi: {names}"), format!("Recorded: {names}");
        rearranged_note(from: &str, into: &str, day: &str, no: &str) = format!("Từ {day}, {from} thành {into} theo Quyết định {no}. Số liệu trước ngày đó tính cho đơn vị hiện nay, mỗi hộ một lần."), format!("On {day}, {from} became {into} by decision {no}. Figures from before count to the units of today, each household once.");
        // Mergers of communes, and villages that are moved to another one.
        merge_communes = "Nhập nhiều xã thành một", "Merge several communes into one";
        move_villages = "Chuyển thôn sang xã khác", "Move villages to another commune";
        merged_communes = "Những xã nhập lại", "Communes that are merged";
        moved_villages = "Những thôn chuyển đi", "Villages that are moved";
        new_commune_name = "Tên xã mới", "Name of the new commune";
        new_commune_name_hint = "Tên đầy đủ, ví dụ: Xã Tân Khê Vân", "The full name, for example: Xã Tân Khê Vân";
        new_commune_name_missing = "Còn thiếu tên xã mới, hoặc tỉnh đã có xã tên này.", "A name is missing, or the province has a commune of that name.";
        moved_to = "Chuyển sang xã", "Moved to the commune";
        moved_name = "Tên thôn ở xã mới", "Name in the new commune";
        moved_name_hint = "Để trống thì giữ tên cũ.", "Left empty, the name stays.";
        moved_name_taken = "Xã nhận đã có thôn tên này. Chuyển riêng thôn đó và ghi tên mới.", "That commune has a village of this name. Move it by itself, with a new name.";
        communes_two_missing = "Chọn ít nhất hai xã của cùng một tỉnh.", "Choose at least two communes of one province.";
        moved_missing = "Chọn ít nhất một thôn; các thôn phải cùng một xã.", "Choose at least one village; all of them of one commune.";
        moved_to_missing = "Chọn xã nhận, không phải xã hiện nay của thôn.", "Choose the commune that it goes to, other than its own.";
        moved_divided = "Có thôn còn chung sổ hộ với thôn khác từ lần tách trước, chưa chuyển sang xã khác được.", "One of them shares its households' records with another village since a split, and cannot be moved.";
        commune_with(name: &str, n: &str) = format!("{name} ({n} thôn)"), format!("{name} ({})", many(n, "village", "villages"));
        communes_preview(from: &str, into: &str, n: &str) = format!("{from} thành {into}: {n} thôn."), format!("{from} become {into}: {}.", many(n, "village", "villages"));
        move_preview(villages: &str, from: &str, to: &str) = format!("{villages} của {from} chuyển sang {to}."), format!("{villages} of {from} are moved to {to}.");
        names_apart(names: &str) = format!("Thôn trùng tên được ghi thêm tên xã cũ: {names}. Có tên mới thì sửa ở trang “Đơn vị”."), format!("Villages of one name have their commune's added: {names}. Once there is a new name, correct it on the page of units.");
        communes_go_on = "Không hộ, lượt thăm, ý kiến nào phải ghi lại; mã hộ giữ nguyên. Người, tổ, đợt vận động của các xã cũ là của xã mới, số liệu của đợt đang chạy tính tiếp.", "No household, visit or opinion is written anew, and codes stay. People, teams and campaigns of the old communes are the new one's, and figures go on.";
        move_goes_on = "Không hộ nào phải ghi lại, mã hộ giữ nguyên. Từ ngày đó xã nhận xem và làm tiếp mọi việc của thôn, xã cũ không xem nữa. Tổ đang phụ trách vẫn đi cho đến khi xã cũ thu lại.", "No household is written anew and codes stay. From that day the new commune sees and does the village's work, and the old one sees it no more. The team that has it goes on until the old commune takes it back.";
        merge_communes_yes = "Nhập xã", "Merge the communes";
        move_yes = "Chuyển thôn", "Move the villages";
        former_communes = "Xã trước đây", "Former communes";
        sort_name = "Xếp tên theo chữ", "Sort by";
        sort_name_hint = "Để trống thì xếp theo chữ cuối. Điền khi chữ cuối không phải tên, như “Thanh” cho Y Thanh Niê.", "Left empty, the last word counts. Fill it in where that is not the given name. For example: “Thanh” for Y Thanh Niê.";

        // A province's overview.
        communes_count(n: &str) = format!("{n} xã"), many(n, "commune", "communes");
        communes_title = "Từng xã", "Commune by commune";
        whole_province = "Cả tỉnh", "The whole province";
        under_five = "dưới 5", "under 5";
        under_five_note = "Số ý kiến dưới 5 của một xã không hiện, để không lộ nhà nào; tổng không tính những ô đó.", "Fewer than 5 opinions of a commune are not shown, so that no household is betrayed; the total leaves them out.";

        // Campaigns.
        campaigns_running(n: &str) = format!("{n} đợt đang chạy"), format!("{} running", many(n, "campaign", "campaigns"));
        campaign_stored(title: &str) = format!("Đã lập “{title}”"), format!("“{title}” made");
        campaign_start_next = "Đợt mới còn là nháp. Bấm “Cho chạy” khi đã sẵn sàng.", "The new campaign is a draft. Press “Start” when it is ready.";
        start_campaign = "Cho chạy", "Start";
        start_warning = "Từ lúc này tổ thấy đợt này trên máy và ghi lượt thăm cho nó. Đã chạy thì không về nháp được nữa.", "From now on teams see this campaign on their phones and record visits for it. A running campaign does not become a draft again.";
        close_campaign = "Kết thúc đợt", "Close the campaign";
        close_warning = "Kết thúc rồi thì không mở lại được. Lượt thăm đã ghi vẫn còn; ghi thêm thì không.", "A closed campaign cannot be opened again. Recorded visits stay; no new ones are recorded.";
        campaign_closed = "Đợt này đã kết thúc hoặc chưa có. Chọn đợt khác.", "This campaign is closed or missing. Choose another.";
        title = "Tên đợt", "Title";
        title_hint = "Ví dụ: Mở rộng đường liên thôn, đợt 2 năm 2026", "For example: Widening the village road, phase 2, 2026";
        title_missing = "Còn thiếu tên đợt.", "The title is missing.";
        purpose = "Mục đích", "Purpose";
        purpose_hint = "Nói với bà con: đến thăm để làm gì, ghi lại để làm gì.", "What residents are told: why they are visited and what is recorded for.";
        purpose_missing = "Còn thiếu mục đích. Luật chỉ cho lấy thông tin vì mục đích đã nêu.", "The purpose is missing. The law allows collecting data for a stated purpose only.";
        days = "Thời gian", "Days";
        first_day = "Ngày đầu", "First day";
        last_day = "Ngày cuối", "Last day";
        from_to(from: &str, to: &str) = format!("{from} đến {to}"), format!("{from} to {to}");
        ends_before = "Ngày cuối đứng trước ngày đầu.", "The last day is before the first.";
        basis = "Căn cứ xử lý thông tin", "Legal basis";
        basis_hint = "Đi theo từng bản ghi của đợt.", "Stands on every record of the campaign.";
        basis_text = "Văn bản làm căn cứ", "Legal text";
        basis_text_hint = "Số, ngày, trích yếu. Ví dụ: Kế hoạch số 12/KH-UBND ngày 5/3/2026", "Number, date, subject. For example: Plan no. 12/KH-UBND of 5/3/2026";
        kept_until = "Giữ đến ngày", "Kept until";
        kept_until_hint = "Sau ngày này thông tin của đợt được xóa.", "After this day the campaign's data is erased.";
        kept_too_short = "Phải giữ ít nhất đến hết đợt.", "It has to be kept at least until the campaign ends.";

        // Teams and assignment.
        no_teams = "Chưa có tổ nào", "No teams yet";
        no_teams_why = "Chưa có tổ nào. Thêm người trước, rồi lập tổ ở bên.", "No teams yet. Add people first, then make a team at the side.";
        teams_found(n: &str) = format!("{n} tổ"), many(n, "team", "teams");
        teams_assigned(teams: &str) = format!("{teams}, thôn nào cũng đã giao"), format!("{teams}, every village given");
        add_team = "Lập tổ", "Make a team";
        change_team = "Sửa tổ", "Change the team";
        store_team = "Lưu tổ", "Save the team";
        stored_named(name: &str) = format!("Đã lưu {name}"), format!("{name} saved");
        team_name = "Tên tổ", "Name";
        team_name_hint = "Ví dụ: Tổ dân vận thôn Đồng Cừ", "For example: Team of thôn Đồng Cừ";
        team_name_missing = "Còn thiếu tên tổ.", "The team's name is missing.";
        decision = "Quyết định", "Decision";
        decision_no = "Số quyết định thành lập", "Number of the decision";
        decision_no_hint = "Như in trên quyết định. Ví dụ: 45/QĐ-UBND", "As printed on it. For example: 45/QĐ-UBND";
        decision_date = "Ngày quyết định", "Date of the decision";
        lead = "Tổ trưởng", "Lead";
        lead_missing = "Còn thiếu tổ trưởng.", "The lead is missing.";
        members = "Thành viên", "Members";
        members_n = "Số người", "Members";
        no_field_people = "Chưa có ai đi cơ sở.", "Nobody works in the field yet.";
        add_people = "Thêm người", "Add people";
        assign_villages = "Giao thôn cho tổ", "Give villages to teams";
        choose_villages = "1. Chọn thôn", "1. Choose villages";
        give_to = "2. Giao cho", "2. Give to";
        look_over = "3. Xem lại", "3. Look it over";
        households_in(n: &str) = format!("{n} hộ"), many(n, "household", "households");
        team_about(lead: &str, n: &str) = format!("tổ trưởng {lead} · {n} người"), format!("lead {lead} · {}", many(n, "person", "people"));
        assign_sentence(villages: &str, households: &str, team: &str) = format!("Giao {villages} thôn, {households} hộ cho: {team}."), format!("Give {}, {} to: {team}.", many(villages, "village", "villages"), many(households, "household", "households"));
        assign_button(n: &str) = format!("Giao {n} hộ"), format!("Give {}", many(n, "household", "households"));
        assign_done(n: &str, team: &str) = format!("Đã giao {n} thôn cho {team}"), format!("{} given to {team}", many(n, "village", "villages"));
        reaches_phones = "Danh sách xuống máy ở lần đồng bộ tới. Thu lại ở bảng dưới.", "The lists reach the phones at their next sync. Take back in the table below.";
        villages_missing = "Chưa chọn thôn nào.", "No village is chosen.";
        team_missing = "Chưa chọn tổ.", "No team is chosen.";
        due_day = "Xong trước ngày", "To be done by";
        due_day_hint = "Để trống nếu không hẹn ngày.", "Leave empty if there is no day.";
        campaign_of = "Của", "Of";
        given_by(commune: &str) = format!("{commune} giao"), format!("Given by {commune}");
        team_of(commune: &str) = format!("Tổ của {commune}"), format!("A team of {commune}");
        given = "Đã giao", "Given";
        take_back = "Thu lại", "Take back";
        take_back_warning = "Tổ không thấy thôn này trên máy nữa. Những gì đã ghi mà chưa gửi vẫn được gửi về. Giao lại lúc nào cũng được.", "The team no longer sees this village on its phones. What was recorded and not sent yet is still delivered. It can be given again at any time.";

        // People and phones.
        people_found(people: &str, phones: &str) = format!("{people} người, {phones} máy đang dùng"), format!("{}, {} in use", many(people, "person", "people"), many(phones, "phone", "phones"));
        people_title = "Người", "People";
        no_people = "Chưa có ai.", "Nobody yet.";
        full_name = "Họ và tên", "Full name";
        name_missing = "Còn thiếu họ và tên.", "The name is missing.";
        role = "Vai trò", "Role";
        role_hint = "Người đi cơ sở dùng điện thoại, không cần mật khẩu. Người ở bàn giấy cần tên đăng nhập và mật khẩu.", "People in the field use a phone and need no passphrase. People at a desk need a sign-in name and a passphrase.";
        role_missing = "Còn thiếu vai trò.", "The role is missing.";
        unit_missing = "Còn thiếu đơn vị.", "The unit is missing.";
        way_in = "Vào bằng", "Comes in by";
        no_phone_yet = "chưa ghi danh máy", "no phone yet";
        phones_n(n: &str) = format!("{n} máy"), many(n, "phone", "phones");
        add_person = "Thêm người", "Add a person";
        person_stored(name: &str) = format!("Đã thêm {name}"), format!("{name} added");
        save_person = "Lưu thay đổi", "Save the changes";
        person_changed(name: &str) = format!("Đã sửa {name}"), format!("{name} changed");
        left_work = "đã nghỉ", "has left";
        left_work_here = "Không còn làm việc ở đây", "No longer works here";
        left_work_hint = "Lối vào, mã và máy của người này hết hiệu lực ngay. Những gì đã ghi vẫn còn; những gì máy chưa gửi thì máy gửi nốt vào mục Cần xem lại. Nhớ giao việc cho người khác.", "Their way in, codes and phones end at once. What they recorded stays; what a phone has not sent yet it still sends to “To be looked at”. Remember to give their work to somebody else.";
        last_admin = "Đây là người quản trị cuối cùng. Thêm một người quản trị khác trước.", "This is the last administrator. Add another one first.";
        new_passphrase = "Mật khẩu mới", "New passphrase";
        new_passphrase_hint = "Để trống nếu giữ mật khẩu cũ. Đặt mới thì người này phải đăng nhập lại ở mọi nơi.", "Leave empty to keep the old one. With a new one they have to sign in again everywhere.";
        issue_code = "Phát mã", "Issue a code";
        code_for(name: &str) = format!("Phát mã cho {name}"), format!("A code for {name}");
        code_intro = "Mã ghi danh một điện thoại, dùng một lần trong 24 giờ. Bấm khi người ấy đang cầm máy.", "The code enrols one phone, once, within 24 hours. Press when that person has the phone in hand.";
        qr_spoken = "Mã QR để ghi danh máy", "QR code to enrol the phone";
        qr_how = "Mở máy ảnh của điện thoại, đưa vào mã này, bấm vào địa chỉ hiện ra.", "Open the phone's camera, point it here, tap the address that appears.";
        code_how = "Không quét được thì gõ mã này ở địa chỉ", "If that does not work, type this code at";
        code_expires(at: &str) = format!("Hết hạn: {at}"), format!("Expires: {at}");
        code_once = "Mã chỉ hiện lần này. Đóng rồi thì phát mã khác.", "The code is shown this once. After closing, issue another.";
        phones_title = "Điện thoại", "Phones";
        no_phones = "Chưa có điện thoại nào ghi danh.", "No phone is enrolled yet.";
        whose = "Của", "Of";
        last_seen = "Liên lạc gần nhất", "Last heard of";
        never_seen = "chưa lần nào", "never";
        revoke = "Thu hồi máy", "Revoke the phone";
        revoke_yes = "Thu hồi, không hoàn tác được", "Revoke, this cannot be undone";
        revoke_warning(name: &str) = format!("Máy này của {name} không lấy được gì về nữa. Lần liên lạc tới, máy gửi nốt những gì còn giữ rồi hủy khóa; những gì gửi trong 30 ngày vào mục Cần xem lại. Muốn dùng lại thì phải ghi danh lại bằng mã mới."), format!("This phone of {name} can fetch nothing any more. The next time it is heard of it sends what it still holds and then destroys its key; what it sends within 30 days goes to “To be looked at”. To be used again it needs a new code.");
        phone_state = "Tình trạng", "State";
        phone_in_use = "Đang dùng", "In use";
        phone_copied = "Máy này được chép từ máy khác; số hiệu mới đã được cấp", "A copy of another phone; it has been given a number of its own";
        phone_destroyed(at: &str) = format!("Máy báo đã hủy khóa: {at}"), format!("The phone says that it destroyed its key: {at}");
        phone_told(at: &str) = format!("Đã bảo máy hủy khóa: {at}; máy chưa báo lại"), format!("Told to destroy its key: {at}. It has not said that it did");
        phone_not_told = "Từ đó máy chưa liên lạc, khóa trên máy vẫn còn", "Not heard of since; its key is still on it";
        phone_never_told = "Quá 30 ngày máy không liên lạc, xã không nhận gì của máy nữa; bản trên máy vẫn khóa", "Not heard of for 30 days: nothing of it is taken any more, and what is on it stays sealed";
        phone_silent(n: &str) = format!("Im lặng {n}\u{a0}ngày"), format!("Silent for {}", many(n, "day", "days"));
        phone_expected(until: &str) = format!("Chờ ghi danh, mã hết hạn: {until}"), format!("Waits to be enrolled, the code expires: {until}");
        on_the_phone = "Máy báo", "The phone says";
        nothing_waits = "không còn gì chờ gửi", "nothing waits to be sent";
        waiting_n(n: &str) = format!("{n}\u{a0}bản ghi chờ gửi"), format!("{} to be sent", many(n, "change", "changes"));
        build = "bản", "build";
        phone_of(name: &str) = format!("Điện thoại của {name}"), format!("The phone of {name}");
        replace_phone = "Thay máy", "Replace";
        replace_for(name: &str) = format!("Thay máy cho {name}"), format!("Replace the phone of {name}");
        replace_intro = "Bấm khi người ấy đang cầm máy mới. Máy cũ thôi lấy tin về ngay, nhưng những gì còn giữ thì vẫn gửi được vào sổ trong 30 ngày: có mạng thì mở ứng dụng trên máy cũ một lần. Máy bị mất thì đừng thay, hãy thu hồi.", "Press when that person has the new phone in hand. The old one fetches nothing from now on, but what is still on it can be sent into the book for 30 days: open the app on it once while online. A phone that was lost is not replaced but revoked.";
        replace_yes = "Phát mã cho máy mới, thôi dùng máy cũ", "Issue a code for the new phone, stop the old one";

        // Handing work over.
        hand_over = "Bàn giao", "Hand over";
        hand_over_of(name: &str) = format!("Bàn giao việc của {name}"), format!("Hand over the work of {name}");
        hand_over_intro = "Khi một người nghỉ hoặc chuyển việc: tổ mà người ấy tham gia hoặc đứng đầu, thôn được giao và những hộ đến hẹn sang một người khác trong một lần.", "When somebody leaves or moves on: the teams that they stand in or lead, the villages given and the visits due pass to somebody else in one step.";
        nothing_to_hand_over = "Người này không ở trong tổ nào, không có việc gì để bàn giao", "This person stands in no team: there is nothing to hand over";
        passes_on = "Sẽ chuyển", "What passes";
        no_villages_given = "chưa được giao thôn nào", "no villages given";
        due_of_them(n: &str) = format!("{n} hộ người này đã hẹn đến lại"), format!("{} they promised to come back to", many(n, "household", "households"));
        stays_theirs = "Những gì đã ghi vẫn đứng tên người ghi. Những gì máy cũ chưa gửi vẫn vào sổ trong 30 ngày.", "What was recorded stays in its author's name. What their phone has not sent yet still comes in for 30 days.";
        hand_over_to = "Giao cho", "To";
        heir_missing = "Chưa chọn người nhận.", "Nobody is chosen.";
        hand_over_warning = "Người giao ra khỏi các tổ này và không thấy các thôn này nữa.", "Who hands over leaves these teams and no longer sees these villages.";
        hand_over_yes = "Bàn giao tất cả", "Hand all of it over";
        handed_over(from: &str, to: &str) = format!("Đã bàn giao việc của {from} cho {to}"), format!("The work of {from} was handed over to {to}");

        // Organisations and posts.
        // Incidents with personal data.
        redactions = "Đã xóa vĩnh viễn", "Deleted for ever";
        redactions_found(n: &str) = format!("{n} lần xóa vĩnh viễn"), format!("{} for ever", many(n, "deletion", "deletions"));
        redactions_owed(n: &str) = format!("{n} lần còn chờ điện thoại"), format!("phones still owe {n} of them");
        redactions_intro = "Máy chủ xóa ngay. Điện thoại xóa và báo lại ở lần đồng bộ kế tiếp. Tệp đã tải về trước đó thì người giữ tệp phải tự xóa.", "The server deletes at once. Phones delete, and say so, with their next sync. Files that were taken out before are deleted by whoever has them.";
        no_redactions = "Chưa xóa vĩnh viễn gì", "Nothing was deleted for ever yet";
        no_redactions_next = "Muốn xóa nội dung của một hộ, lượt thăm, ý kiến hay cuộc họp: mở mục đó, rồi mở “Xóa vĩnh viễn”.", "To delete what a household, a visit, an opinion or a meeting says: open it, and then “Delete for ever”.";
        redaction_unasked = "Hết hạn lưu, hoặc là bản sửa của mục đã xóa", "Its time was over, or it corrects what was deleted";
        redaction_done = "Mọi điện thoại đã xóa", "Every phone has deleted it";
        redaction_owing(name: &str, seen: &str) = format!("{name}: điện thoại chưa báo đã xóa, liên lạc lần cuối {seen}"), format!("{name}: the phone has not said so yet; last heard of: {seen}");
        redaction_revoked(name: &str) = format!("{name}: máy đã thu hồi, khóa chưa hủy, không báo nữa"), format!("{name}: revoked, its key is not destroyed, it will not say so");
        noted = "Ghi lại khi thăm", "Noted at the visit";
        redact = "Xóa vĩnh viễn", "Delete for ever";
        redact_nothing = "Chọn ít nhất một phần để xóa.", "Choose at least one part.";
        redact_why = "Vì sao xóa", "Why";
        redact_why_hint = "Lý do được giữ lại, nội dung thì không.", "The reason is kept, what is deleted is not.";
        redact_why_missing = "Chọn lý do xóa.", "Choose why.";
        redact_button = "Xóa phần đã chọn", "Delete the chosen parts";
        redact_warning = "Không lấy lại được. Phần đã chọn mất ở máy chủ, trong mọi bản sửa trước và sau, và trên mọi điện thoại.", "It cannot be brought back. The chosen parts go from the server, from every earlier and later version, and from every phone.";
        redact_yes = "Xóa, không hoàn tác được", "Delete, it cannot be undone";
        retention = "Hết hạn lưu", "What was over";
        retention_intro = "Mỗi ngày máy chủ xóa những gì đã quá ngày giữ của đợt.", "Each day the server deletes what is past the day of its campaign.";
        no_retention = "Chưa có gì hết hạn lưu", "Nothing was over yet";
        retention_records = "Số bản ghi", "Records";
        no_campaign_short = "Không thuộc đợt nào", "Of no campaign";
        contact_until = "Cắt tên người nói sau ngày", "Who said it is kept until";
        contact_until_hint = "Sau ngày này không còn biết ý kiến của hộ nào, hẹn trả lời ai; lời đã ghi vẫn giữ. Bỏ trống nếu giữ như trên.", "After this day nobody knows whose opinion it was and whom to call back; the words stay. Empty if kept as above.";
        contact_until_wrong = "Phải từ ngày cuối của đợt đến ngày giữ.", "It has to be between the last day of the campaign and the day until which it is kept.";
        incidents = "Sự cố", "Incidents";
        incidents_found(n: &str, running: &str) = format!("{n} sự cố, {running} đang tính giờ báo"), format!("{}, {running} to be reported", many(n, "incident", "incidents"));
        incidents_intro(hours: &str, source: &str) = format!("Sự cố có thể gây hại phải báo cơ quan chuyên trách trong {hours} giờ kể từ khi phát hiện ({source}). Sự cố không gây hại cũng ghi lại ở đây."), format!("An incident that may do harm is reported to the authority within {hours} hours of its detection ({source}). One that does no harm is written down here, too.");
        no_incidents = "Chưa có sự cố nào", "No incident yet";
        incident_new = "Ghi sự cố", "Write an incident down";
        incident_of_phone = "Ghi sự cố", "Write an incident down";
        incident_of_phone_for(name: &str) = format!("Ghi sự cố: máy của {name}"), format!("Write an incident down: the phone of {name}");
        incident_more = "Bổ sung", "Add to it";
        incident_more_spoken(at: &str) = format!("Bổ sung sự cố phát hiện {at}"), format!("Add to the incident detected {at}");
        incident_print = "Xem để báo, in", "To report, to print";
        incident_print_spoken(at: &str) = format!("Xem để báo, in sự cố phát hiện {at}"), format!("To report, to print the incident detected {at}");
        incident_save = "Lưu sự cố", "Save the incident";
        incident_saved = "Đã lưu sự cố", "The incident is saved";
        incident_detected = "Phát hiện lúc", "Detected";
        incident_day = "Ngày phát hiện", "Day of detection";
        incident_day_hint = "Ngày có người của đơn vị biết chuyện, không phải ngày ghi. Ví dụ: 18/11/2026", "When somebody who works here learned of it, not when it is written down. For example: 18/11/2026";
        incident_hour = "Giờ phát hiện", "Hour of detection";
        incident_hour_hint = "Ví dụ: 17:44", "For example: 17:44";
        incident_day_wrong = "Ngày phát hiện chưa đúng, hoặc còn ở phía trước.", "The day of detection is not right, or is to come.";
        incident_hour_wrong = "Giờ phát hiện chưa đúng, hoặc còn ở phía trước. Ví dụ: 17:44", "The hour of detection is not right, or is to come. For example: 17:44";
        incident_happened = "Ngày xảy ra", "Day on which it happened";
        incident_happened_hint = "Bỏ trống nếu chưa rõ", "Empty if not known";
        incident_happened_wrong = "Ngày xảy ra chưa đúng, hoặc sau ngày phát hiện.", "The day on which it happened is not right, or is after the detection.";
        incident_what = "Chuyện gì xảy ra, ở đâu", "What happened, and where";
        incident_what_hint = "Không ghi họ tên người dân", "Without names of residents";
        incident_what_missing = "Còn thiếu: chuyện gì xảy ra.", "What happened is missing.";
        incident_data = "Loại dữ liệu", "Sorts of data";
        incident_people = "Khoảng bao nhiêu người", "About how many people";
        incident_people_hint = "Số người có dữ liệu trong đó. Bỏ trống nếu chưa rõ", "Whose data it is about. Empty if not known";
        incident_people_wrong = "Số người phải là một con số.", "How many people must be a number.";
        incident_harm = "Có thể gây hại không", "May it do harm";
        incident_harm_hint = "Đến an ninh, trật tự, tính mạng, sức khỏe, danh dự, nhân phẩm, tài sản", "To security and order, life, health, honour, dignity, property";
        incident_consequences = "Hậu quả có thể có", "What may come of it";
        incident_measures = "Đã làm gì, sẽ làm gì", "What was done, and is to be done";
        incident_contact = "Người liên hệ của đơn vị", "Who answers questions";
        incident_contact_hint = "Họ tên, chức vụ, điện thoại hoặc thư điện tử nơi làm việc", "Name, office, telephone or mail at work";
        incident_notified_day = "Ngày đã báo cơ quan chuyên trách", "Day on which the authority was told";
        incident_notified_hour = "Giờ đã báo", "Hour";
        incident_notified_hint = "Bỏ trống nếu chưa báo", "Empty if it was not told yet";
        incident_notified_wrong = "Lúc báo chưa đúng: cần cả ngày và giờ, sau lúc phát hiện.", "When the authority was told is not right: it needs day and hour, after the detection.";
        incident_reference = "Số văn bản báo", "Number of the letter";
        incident_too_long = "Dài quá 4.000 ký tự.", "Longer than 4,000 characters.";
        incident_phone = "Điện thoại", "Phone";
        incident_state = "Hạn báo", "To be reported";
        incident_left(hours: &str, until: &str) = format!("Còn {hours} giờ, đến {until}"), format!("{} left, until {until}", many(hours, "hour", "hours"));
        incident_over(hours: &str, until: &str) = format!("Quá hạn {hours} giờ, hạn là {until}"), format!("Overdue by {}; it was to be {until}", many(hours, "hour", "hours"));
        incident_told(at: &str) = format!("Đã báo lúc {at}"), format!("Reported: {at}");
        incident_told_late(at: &str) = format!("Đã báo trễ, lúc {at}; thông báo phải nêu lý do"), format!("Reported late: {at}; the letter has to say why");
        incident_not_needed = "Không phải báo", "Not to be reported";
        incident_lost_phone(name: &str) = format!("Mất điện thoại đang dùng của {name}."), format!("The phone that {name} worked with was lost.");
        incident_lost_measures(at: &str) = format!("Đã thu hồi máy lúc {at}. Dữ liệu trên máy được khóa bằng PIN."), format!("The phone was revoked: {at}. What is on it is sealed behind a PIN.");
        incident_sheet_title = "Nội dung thông báo sự cố", "What the report of an incident needs";
        incident_sheet_source(source: &str) = format!("Theo {source}"), format!("By {source}");
        incident_all = "Tất cả sự cố", "All incidents";
        incident_unit = "Đơn vị", "Unit";
        incident_unknown = "Chưa rõ", "Not known";
        organizations = "Tổ chức", "Organisations";
        organizations_found(n: &str) = format!("{n} tổ chức"), many(n, "organisation", "organisations");
        organization = "Tổ chức", "Organisation";
        no_organizations = "Chưa có tổ chức nào. Thêm ở bên: cơ quan ra quyết định lập tổ, hội đoàn cử người.", "No organisations yet. Add at the side who decides on teams and who sends members.";
        add_organization = "Thêm tổ chức", "Add an organisation";
        change_organization = "Sửa tổ chức", "Change the organisation";
        save_organization = "Lưu tổ chức", "Save the organisation";
        organization_name = "Tên tổ chức", "Name";
        organization_name_hint = "Ví dụ: Hội Liên hiệp Phụ nữ xã Tân Khê Vân", "For example: Women's union of Tân Khê Vân";
        organization_name_missing = "Còn thiếu tên tổ chức.", "The name is missing.";
        organization_kind_missing = "Chưa chọn loại tổ chức.", "The kind is not chosen.";
        organization_ended = "Không còn hoạt động", "Not there any more";
        organization_ended_hint = "Quyết định và thành viên cũ vẫn ghi tên; không chọn được cho tổ mới.", "Earlier decisions and members keep naming it; it is not offered for new ones.";
        // Code lists.
        code_lists = "Danh mục", "Code lists";
        code_lists_rule = "Thôi dùng một mục thì trên máy điện thoại, từ lần đồng bộ sau, và ở các trang nhập không còn mục đó để chọn. Những gì đã ghi vẫn mang tên mục.", "An entry that is no longer used is not offered any more: on the desks' pages at once, on phones after their next sync. What was recorded keeps its name.";
        code_entry = "Mục", "Entry";
        own_topic = "riêng của xã", "the commune's own";
        code_used = "Đang dùng", "In use";
        code_ended = "Đã thôi dùng", "No longer used";
        code_ended_above = "Thôi dùng theo lĩnh vực trên", "Not used, like its topic above";
        stop_using = "Thôi dùng", "Stop using";
        stop_using_named(name: &str) = format!("Thôi dùng: {name}"), format!("Stop using: {name}");
        use_again = "Dùng lại", "Use again";
        use_again_named(name: &str) = format!("Dùng lại: {name}"), format!("Use again: {name}");
        code_stopped(name: &str) = format!("Đã thôi dùng “{name}”. Những gì đã ghi vẫn mang tên này."), format!("“{name}” is no longer used. What was recorded keeps it.");
        code_taken_up(name: &str) = format!("Dùng lại “{name}”"), format!("“{name}” is used again");
        last_choice = "Mục cuối cùng còn dùng", "The last one in use";
        always_used = "Luôn dùng", "Always used";
        spell = "Sửa chữ", "Spelling";
        spell_named(name: &str) = format!("Sửa chữ: {name}"), format!("Correct the spelling: {name}");
        spell_topic = "Sửa chữ của lĩnh vực", "Correct the spelling of a topic";
        spelling_rule = "Sửa chữ, không đổi nghĩa: ý kiến đã ghi vẫn mang lĩnh vực này. Để đổi nghĩa hãy thôi dùng và thêm mục mới.", "Correct the spelling, not the meaning: opinions that were recorded keep this topic. For another meaning, stop using it and add a new one.";
        save_spelling = "Lưu chữ đã sửa", "Save the spelling";
        add_topic = "Thêm lĩnh vực riêng", "Add an own topic";
        topic_parent = "Thuộc lĩnh vực", "Under the topic";
        topic_parent_missing = "Chưa chọn lĩnh vực mà mục này thuộc về.", "The topic that it stands under is not chosen.";
        topic_name = "Tên lĩnh vực", "Name in Vietnamese";
        topic_name_hint = "Ví dụ: Bến đò, cầu tạm", "For example: Bến đò, cầu tạm";
        topic_name_en = "Tên tiếng Anh", "Name in English";
        topic_name_en_hint = "Để trống thì bản tiếng Anh dùng tên tiếng Việt", "If empty, the Vietnamese name stands in English too";
        topic_name_missing = "Còn thiếu tên lĩnh vực.", "The name is missing.";
        topic_name_long = "Tên dài quá 80 chữ cái. Rút ngắn lại.", "The name is longer than 80 characters. Shorten it.";
        topic_about_people = "Lĩnh vực nói về việc, không về người: không xếp ý kiến theo thái độ, chính kiến, đạo của ai; khiếu nại, tố cáo không ghi ở đây. Đặt tên khác.", "A topic is about a matter, not about people: opinions are not sorted by anybody's attitude, views or faith, and complaints are not kept here. Choose another name.";
        topic_twice = "Lĩnh vực này đã có một mục tên như vậy. Đã thôi dùng thì bấm Dùng lại; khác nghĩa thì đặt tên khác.", "An entry of that name stands under this topic already. Use it again, or choose another name for another meaning.";
        topics_full = "Xã đã có 100 lĩnh vực riêng. Dùng lại một mục đã có.", "There are 100 own topics already. Use one of them again.";
        topic_stored(name: &str) = format!("Đã lưu “{name}”. Máy điện thoại nhận ở lần đồng bộ sau."), format!("“{name}” is stored. Phones get it with their next sync.");

        issuer = "Cơ quan ra quyết định", "Issued by";
        team_from = "Làm việc từ ngày", "Works from";
        team_to = "Đến hết ngày", "Until the end of";
        team_to_hint = "Hết ngày này tổ thôi thấy các thôn trên máy. Để trống nếu chưa hẹn.", "After this day the team no longer sees its villages. Leave empty if it is open.";
        posts = "Nhiệm vụ và nơi cử", "Duties and organisations";
        duty_of(name: &str) = format!("Nhiệm vụ của {name}"), format!("Duty of {name}");
        organization_of(name: &str) = format!("Nơi cử {name}"), format!("Organisation of {name}");

        // When something is wrong, or the data goes elsewhere.
        upkeep = "Báo lỗi, lấy dữ liệu", "Problems, your data";
        problem_title = "Báo lỗi", "Report a problem";
        problem_intro = "Đây là tất cả những gì nằm trong tệp: phiên bản, trình duyệt, mã lỗi, số lượng ước chừng. Không có tên ai, không có lời ai. Trang này không tự gửi đi đâu: lưu thành tệp rồi gửi cho người giữ máy chủ.", "This is all that is in the file: versions, browser, error codes, rough numbers. Nobody's name, nobody's words. Nothing is sent from here: save it and give it to whoever keeps the server.";
        save_report = "Lưu thành tệp", "Save as a file";
        take_out = "Lấy toàn bộ dữ liệu", "Take all of the data out";
        take_out_intro = "Một tệp niêm phong bằng khóa khôi phục; bên trong là một .zip: mỗi loại bản ghi một bảng .csv và .json, kèm lời giải thích từng cột. Dùng khi chuyển sang phần mềm khác hoặc nộp lưu trữ.", "One file, sealed to the recovery key; in it a .zip: a .csv and a .json table for each kind of record, with an explanation of every column. For moving elsewhere or for the archive.";
        take_out_warning = "Trong đó có tên và lời người dân. Ai nhặt được tệp cũng không mở được: phải có hai trong ba tờ khóa. Lần lấy này được ghi vào nhật ký truy cập.", "It has residents' names and words. Whoever finds the file cannot open it: that takes two of the three sheets. Taking it out is written into the access log.";
        take_out_button = "Lấy tệp niêm phong", "Take the sealed file";
        take_out_no_key = "Chưa có khóa khôi phục thì chưa lấy được: tệp ra khỏi cơ quan phải niêm phong.", "Without the recovery key there is nothing to take: a file that leaves the office is sealed.";
        taken_open = "Mở tệp đã lấy", "Open a file that was taken";
        taken_file = "Tệp niêm phong", "The sealed file";
        taken_file_hint = "Tệp .gandan. Mở ngay trong trình duyệt này, không gửi đi đâu.", "A .gandan file. It is opened in this browser and sent nowhere.";
        taken_file_missing = "Chưa chọn tệp.", "No file was chosen.";
        taken_file_other = "Tệp này không phải tệp niêm phong của Gần Dân, hoặc bị cắt mất phần đầu.", "This is no sealed file of Gần Dân, or its beginning is missing.";
        taken_file_large = "Tệp lớn quá 300 MB, trình duyệt không mở nổi.", "The file is larger than 300 MB; a browser cannot open it.";
        taken_button = "Mở và lưu tệp .zip", "Open and save the .zip";
        taken_opened = "Đã mở, tệp .zip nằm trong thư mục tải về. Giữ kín, dùng xong thì xóa.", "Opened; the .zip is among the downloads. Guard it and delete it after use.";
        taken_damaged = "Hai tờ đúng, nhưng tệp đã bị hỏng hoặc bị sửa. Không có gì được lưu. Lấy lại tệp từ máy chủ, hoặc dùng bản sao khác của tệp.", "The sheets are right, but the file is damaged or was changed. Nothing was saved. Take it out again, or use another copy of it.";

        // The access log.
        access_log = "Nhật ký truy cập", "Access log";
        accesses_found(n: &str) = format!("{n} lần truy cập"), many(n, "access", "accesses");
        access_intro = "Ai đã xem hoặc làm gì, lúc nào, về bản ghi nào. Không có nội dung của bản ghi, cũng không có chữ đã tìm. Xem trang này cũng được ghi lại.", "Who read or did what, when, about which record. Neither content nor search words. Reading this page is written down as well.";
        no_accesses = "Không có lần truy cập nào như đang lọc", "No access fits this filter";
        who = "Ai", "Who";
        everybody = "Mọi người", "Everybody";
        did = "Đã làm gì", "What";
        about = "Về", "About";
        older_lines = "Những lần trước đó", "Earlier ones";
        newest_lines = "Về những lần mới nhất", "Back to the latest";
        access_pages = "Các trang nhật ký", "Pages of the log";

        // The recovery key.
        recovery = "Mở lại sổ", "Opening a phone";
        recovery_none = "Không có máy nào xin mở lại sổ", "No phone asks to be opened";
        recovery_n(n: &str) = format!("{n}\u{a0}máy xin mở lại sổ"), format!("{} to be opened", many(n, "phone asks", "phones ask"));
        recovery_intro = "Quên mã PIN, hoặc người giữ máy không còn: hai người mang hai trong ba tờ khóa khôi phục đến đây thì mở lại được sổ trên điện thoại, không mất gì. Mỗi lần mở đều được ghi lại.", "A forgotten PIN, or somebody who is no longer there: two people who bring two of the three sheets of the recovery key here can open the phone's book again, and nothing is lost. Each time is written down.";
        recovery_asks = "Máy đang xin", "Phones that ask";
        recovery_empty_next = "Trên điện thoại: bấm “Quên mã?”, chọn mã PIN mới. Máy hiện một dấu bốn nhóm chữ và chờ; sau đó tải lại danh sách này.", "On the phone: press “Forgotten?” and choose a new PIN. It shows a mark of four groups and waits; then reload this list.";
        recovery_reload = "Tải lại danh sách", "Reload the list";
        recovery_asked = "Xin lúc", "Asked";
        recovery_enrolled = "Ghi danh", "Enrolled";
        recovery_mark = "Dấu trên máy", "Mark on the phone";
        recovery_open = "Mở", "Open";
        recovery_open_for(name: &str) = format!("Mở lại sổ cho {name}"), format!("Open the phone of {name}");
        recovery_unknown = "Không rõ của ai", "Nobody knows whose";
        recovery_compare = "1. So dấu", "1. Compare the mark";
        recovery_compare_how = "Nhìn màn hình điện thoại, đừng chỉ nghe đọc qua điện thoại người lạ. Máy phải hiện đúng dấu này:", "Look at the phone's screen, and do not trust a stranger's voice. It must show this very mark:";
        recovery_same = "Dấu trên máy giống hệt", "The phone shows the very same mark";
        recovery_same_hint = "Khác một chữ thì dừng lại: đó là máy của người khác.", "If one letter differs, stop: that is somebody else's phone.";
        recovery_same_missing = "Còn chưa so dấu với điện thoại.", "The mark was not compared with the phone yet.";
        recovery_sheets = "2. Gõ hai tờ", "2. Type in two sheets";
        recovery_sheets_how = "Mỗi người tự gõ tờ của mình. Chữ hoa, chữ thường, dấu gạch, xuống dòng thế nào cũng được. Tờ chỉ ở trong trình duyệt này, không gửi đi đâu.", "Everybody types their own sheet. Capitals, hyphens and lines do not matter. The sheets stay in this browser and are sent nowhere.";
        recovery_first = "Tờ của người thứ nhất", "The first person's sheet";
        recovery_second = "Tờ của người thứ hai", "The second person's sheet";
        recovery_sheet_hint = "Bốn hàng, mỗi hàng bốn nhóm.", "Four rows of four groups.";
        sheet_missing = "Còn thiếu một tờ.", "One sheet is missing.";
        sheet_short = "Tờ này còn thiếu chữ. Cần đủ bốn hàng, mỗi hàng bốn nhóm bốn chữ.", "Letters of this sheet are missing. It has four rows of four groups of four.";
        sheet_long = "Tờ này thừa chữ. Chỉ gõ bốn hàng chữ lớn.", "There are too many letters. Type the four rows of large letters only.";
        sheet_letter = "Có chữ không thể nằm trên tờ. Tờ chỉ có chữ số và chữ cái không dấu, không có chữ U.", "There is a letter that stands on no sheet. A sheet has digits and plain letters, without U.";
        sheet_row_1 = "Hàng 1 của tờ này gõ chưa đúng.", "Row 1 of this sheet was mistyped.";
        sheet_row_2 = "Hàng 2 của tờ này gõ chưa đúng.", "Row 2 of this sheet was mistyped.";
        sheet_row_3 = "Hàng 3 của tờ này gõ chưa đúng.", "Row 3 of this sheet was mistyped.";
        sheet_row_4 = "Hàng 4 của tờ này gõ chưa đúng.", "Row 4 of this sheet was mistyped.";
        sheet_same = "Đây là cùng một tờ. Cần một tờ khác.", "This is the same sheet. Another one is needed.";
        sheet_other = "Hai tờ này không phải của khóa cần dùng. So dấu khóa in trên tờ.", "These two sheets are not of the key that is needed. Compare the fingerprint on the sheets.";
        recovery_button = "Mở lại sổ", "Open the phone";
        recovery_damaged = "Hai tờ đúng, nhưng không mở được khóa mà máy này gửi. Máy bị hỏng dữ liệu, hoặc đã đổi khóa. Thử xin lại từ máy; vẫn không được thì ghi danh máy lại bằng mã mới.", "The sheets are right, but what this phone sent cannot be opened. Its data is damaged. Ask again from the phone; if that does not help, enrol it anew with a new code.";
        recovery_done(name: &str) = format!("Đã gửi cho máy của {name}. Máy tự mở khi có mạng, bằng mã PIN mới mà người ấy đã chọn."), format!("Sent to the phone of {name}. It opens by itself when it is online, with the PIN that its person has chosen.");
        recovery_past = "Những lần đã mở", "What was opened";
        recovery_past_none = "Chưa mở máy nào.", "No phone was opened yet.";
        recovery_by = "Người bấm", "By";
        recovery_at = "Lúc", "When";
        recovery_print = "Dấu khóa", "Fingerprint of the key";
        recovery_print_hint = "In trên ba tờ và hiện trong phần Cài đặt của mỗi điện thoại. Phải giống nhau.", "It is on the three sheets and in the settings of every phone. They must be the same.";
        code_fingerprint = "Dấu khóa của cơ quan, phải giống dòng trong Cài đặt của điện thoại:", "The organisation's key, to be the same in the phone's settings:";
        no_key = "Chưa có khóa khôi phục", "There is no recovery key yet";
        no_key_why = "Chưa có khóa này thì chưa ghi danh được máy nào: quên mã PIN là mất sổ trên máy.", "Without it no phone can be enrolled: whoever forgot a PIN would lose what is on the phone.";
        no_key_admin = "Tạo khóa khôi phục", "Make the recovery key";
        no_key_other = "Người quản trị tạo khóa, in ra ba tờ.", "The administrator makes it and prints three sheets.";
        key_title = "Khóa khôi phục", "The recovery key";
        key_intro = "Khóa này mở lại được sổ trên điện thoại khi quên mã PIN, hoặc khi người giữ máy không còn. Nó được chia ra ba tờ giấy; hai tờ bất kỳ mới mở được, một tờ không mở được gì. Máy chủ không giữ khóa.", "It opens a phone's book again when a PIN was forgotten or somebody is no longer there. It is split over three sheets of paper; any two of them open, one opens nothing. The server does not have it.";
        key_who = "Lãnh đạo xã giữ một tờ, người phụ trách bảo vệ dữ liệu giữ một tờ, một tờ để trong két của xã.", "The leader keeps one sheet, the data-protection officer one, and one lies in the commune's safe.";
        key_need = "Cần máy in, hoặc giấy bút. Trang này là lần duy nhất thấy ba tờ.", "A printer is needed, or pen and paper. The three sheets are seen on this page only.";
        key_make = "Tạo khóa", "Make the key";
        key_print = "In ba tờ", "Print the three sheets";
        key_sheets_how = "In ra, hoặc chép tay thật đúng. Đừng chụp ảnh, đừng lưu vào máy, đừng gửi đi. Rời trang này là ba tờ mất.", "Print them, or copy them by hand with care. Take no picture, save no file, send them nowhere. They are gone when this page is left.";
        key_printed = "Đã in, đã cầm trên tay", "Printed and in hand";
        key_check = "Gõ nhóm cuối của mỗi tờ", "Type the last group of each sheet";
        key_check_how = "Nhìn trên giấy: bốn chữ cuối cùng của hàng thứ tư. Để chắc rằng cả ba tờ đã in đủ và đọc được.", "Look at the paper: the last four letters of the fourth row. So that all three sheets are there and can be read.";
        key_group_1 = "Tờ 1: bốn chữ cuối", "Sheet 1: the last four letters";
        key_group_2 = "Tờ 2: bốn chữ cuối", "Sheet 2: the last four letters";
        key_group_3 = "Tờ 3: bốn chữ cuối", "Sheet 3: the last four letters";
        key_group_wrong_1 = "Nhóm cuối của tờ 1 chưa đúng.", "The last group of sheet 1 is not right.";
        key_group_wrong_2 = "Nhóm cuối của tờ 2 chưa đúng.", "The last group of sheet 2 is not right.";
        key_group_wrong_3 = "Nhóm cuối của tờ 3 chưa đúng.", "The last group of sheet 3 is not right.";
        key_again = "Xem lại ba tờ", "See the sheets again";
        key_confirm = "Ba tờ đã cất ba nơi", "The three sheets are in three places";
        key_confirm_hint = "Mỗi người đã cầm tờ của mình. Hai tờ không nằm cùng một chỗ.", "Everybody has their own sheet. No two of them lie in one place.";
        key_confirm_missing = "Còn chưa chia ba tờ.", "The sheets were not given out yet.";
        key_store = "Dùng khóa này", "Use this key";
        key_stored = "Đã có khóa khôi phục. Từ giờ ghi danh được điện thoại.", "The recovery key is in use. Phones can be enrolled from now on.";
        key_taken = "Đã có khóa khác rồi. Ba tờ vừa in không dùng được: xé bỏ.", "There is another key already. The sheets just printed are of no use: tear them up.";
        key_keeper_1 = "Lãnh đạo xã", "The commune's leader";
        key_keeper_2 = "Người phụ trách bảo vệ dữ liệu", "The data-protection officer";
        key_keeper_3 = "Két của xã", "The commune's safe";
        key_sheet(n: &str) = format!("Tờ {n} trong 3"), format!("Sheet {n} of 3");
        key_keeper = "Người giữ", "Kept by";
        key_place = "Của", "Of";
        key_made = "Ngày tạo", "Made on";
        key_for = "Tờ này là một phần của khóa khôi phục. Hai trong ba tờ mở lại được sổ trên điện thoại của tổ, khi quên mã PIN hoặc khi người giữ máy không còn. Làm ở trang “Mở lại sổ” của văn phòng.", "This sheet is a part of the recovery key. Two of the three open the book on a phone of a team again, when a PIN was forgotten or somebody is no longer there. It is done on the office's page “Opening a phone”.";
        key_alone = "Một mình tờ này không mở được gì.", "This sheet alone opens nothing.";
        key_nobody = "Không ai có bản sao, máy chủ cũng không. Mất hai tờ thì không ai mở lại được nữa.", "Nobody has a copy, and the server has none. If two are lost, nobody can open anything again.";
        key_keep = "Cất kín, khô ráo, khác chỗ với hai tờ kia. Không chụp ảnh, không nhập vào máy khi không cần. Thôi việc thì giao lại cho người thay.", "Keep it locked, dry and apart from the other two. Take no picture; type it in only when it is needed. Whoever leaves hands it to who comes after them.";
        setup_next_step = "Tiếp: khóa khôi phục", "Next: the recovery key";
        setup_back = "Quay lại sửa phần trên", "Back to what was filled in";

        // Setup.
        setup = "Bắt đầu dùng Gần Dân", "Getting Gần Dân started";
        setup_intro = "Trang này chỉ dùng một lần, khi máy chủ còn mới. Điền xong là đăng nhập được.", "This page is used once, while the server is new. After it one can sign in.";
        setup_place = "Nơi dùng", "The place";
        province = "Tỉnh, thành phố", "Province";
        province_hint = "Tên đầy đủ, như “Tỉnh Hòa Khê”.", "The full name, such as “Tỉnh Hòa Khê”.";
        province_missing = "Còn thiếu tên tỉnh, thành phố.", "The province's name is missing.";
        commune = "Xã, phường, đặc khu", "Commune";
        commune_hint = "Tên đầy đủ, như “Xã Tân Khê Vân”. Thôn thêm sau.", "The full name, such as “Xã Tân Khê Vân”. Villages come later.";
        commune_missing = "Còn thiếu tên xã, phường.", "The commune's name is missing.";
        setup_admin = "Người quản trị", "The administrator";
        setup_admin_hint = "Thêm người, phát mã, thu hồi máy. Không xem được hộ và ý kiến.", "Adds people, issues codes, revokes phones. Sees neither households nor opinions.";
        setup_officer = "Cán bộ đầu tiên", "The first officer";
        setup_officer_hint = "Nhập danh sách hộ, lập đợt vận động, xem kết quả.", "Imports households, makes campaigns, sees the results.";
        setup_done = "Đã xong. Việc tiếp theo", "Done. What comes next";
        setup_stored = "Đã lưu. Đường dẫn này không dùng lại được nữa.", "Stored. This link cannot be used again.";
        setup_next = "Việc tiếp theo", "Next";
        setup_next_officer(login: &str) = format!("Cán bộ đăng nhập bằng tên “{login}” và mật khẩu vừa đặt."), format!("The officer signs in as “{login}” with the passphrase just set.");
        setup_next_roll = "Cán bộ nhập danh sách hộ (tệp .xlsx hoặc .csv). Thôn trong tệp được tạo luôn.", "The officer imports the households (.xlsx or .csv). Villages of the file are made with it.";
        setup_next_campaign = "Lập đợt vận động, lập tổ, giao thôn cho tổ.", "Make a campaign and teams, and give villages to teams.";
        setup_next_phones = "Phát mã ghi danh cho từng điện thoại.", "Issue an enrolment code for each phone.";
        setup_enter = "Vào trang của người quản trị", "To the administrator's page";
        setup_used = "Đường dẫn này đã dùng rồi", "This link was used already";
        setup_used_sheets = "Nếu chính bạn vừa tạo khóa ở đây thì có thể máy chủ đã nhận mà chưa kịp trả lời: giữ ba tờ vừa in, đăng nhập, so dấu khóa ở “Mở lại sổ”. Giống thì đó là ba tờ đúng.", "If you have just made the key here, the server may have taken it and its answer was lost: keep the three sheets, sign in, and compare the fingerprint under “Mở lại sổ”. If it is the same, these are the sheets.";
        setup_used_next = "Máy chủ đã có người quản trị. Đăng nhập như thường.", "The server has an administrator. Sign in as usual.";

        // Import.
        import_title = "Nhập danh sách hộ", "Import households";
        import_intro = "Chọn tệp danh sách hộ. Trang sau cho xem trước; chưa lưu gì cho đến khi bấm “Nhập”.", "Choose the file with the list of households. It is shown first; nothing is stored before “Import” is pressed.";
        step_choose = "Chọn tệp", "Choose the file";
        step_look = "Xem trước, khớp cột", "Look and match columns";
        step_store = "Nhập", "Import";
        choose_file = "Tệp danh sách hộ", "The file";
        choose_file_hint = ".xlsx, .xls hoặc .csv. Không cần sửa tiêu đề cột trước.", ".xlsx, .xls or .csv. Column titles need no preparation.";
        choose_other = "Chọn tệp khác", "Choose another file";
        choose_next = "Nhập tệp nữa", "Import another file";
        file = "Tệp", "File";
        sheets_n(n: &str) = format!("{n} trang tính"), many(n, "sheet", "sheets");
        nothing_yet = "Chưa lưu gì cho đến khi bấm “Nhập”; tệp thì không bao giờ lưu.", "Nothing is stored before “Import” is pressed; the file itself never is.";
        file_too_large = "Tệp này lớn quá 16 MB. Chọn đúng tệp danh sách, hoặc chia thành mấy tệp.", "The file is larger than 16 MB. Choose the list itself, or split it.";
        file_unreadable = "Trình duyệt không đọc được tệp này. Đóng tệp trong Excel rồi chọn lại.", "The browser cannot read this file. Close it in Excel and choose it again.";
        reading = "Đang đọc tệp…", "Reading the file…";
        storing = "Đang nhập. Chưa đóng trang này vội.", "Importing. Leave this page open.";
        store_again = "Nếu chưa rõ đã lưu chưa thì cứ bấm Thử lại: một tệp chỉ vào sổ một lần.", "If it is not clear whether it was stored, just try again: one file goes into the book once.";
        import_needs(n: &str) = format!("Còn {n} chỗ phải chọn trước khi nhập"), format!("{n} to decide before importing");
        import_ready(n: &str) = format!("Nhập được {n} hộ"), format!("{} can be imported", many(n, "household", "households"));
        import_ready_but(n: &str, out: &str) = format!("Nhập được {n} hộ. {out} dòng không giữ được."), format!("{} can be imported. {} not kept.", many(n, "household", "households"), many(out, "line is", "lines are"));
        import_done(n: &str) = format!("Đã nhập {n} hộ"), format!("{} imported", many(n, "household", "households"));
        import_again = "Tệp này đã vào sổ từ lần bấm trước. Không lưu thêm lần nào.", "This file was stored by the first press already. Nothing was stored a second time.";
        import_villages(n: &str) = format!("Đã vào sổ. Thôn mới tạo: {n}."), format!("It is in the book. New villages: {n}.");
        file_gone = "Tệp không được giữ lại ở máy chủ.", "The server does not keep the file.";
        see_households = "Xem danh sách hộ", "See the households";
        needs_title = "Chọn trước khi nhập", "To decide before importing";
        need_head(sheet: &str) = format!("{sheet}: cột nào là tên chủ hộ? Xem lại dòng tiêu đề và cột."), format!("{sheet}: which column is the head's name? Look at the header line and the columns.");
        need_village(sheet: &str) = format!("{sheet}: của thôn nào?"), format!("{sheet}: of which village?");
        need_disagree(sheet: &str, taken: &str, other: &str) = format!("{sheet}: của {taken} hay của {other}? Trang này ghi cả hai tên."), format!("{sheet}: of {taken} or of {other}? This sheet names both.");
        need_column(sheet: &str, column: &str) = format!("{sheet}: cột “{column}” cũng có vẻ là tên. Chọn cột ấy đưa vào đâu. Nếu đó là danh sách thứ hai đặt bên cạnh thì chuyển nó xuống dưới rồi nhập lại."), format!("{sheet}: column “{column}” seems to be a name, too. Say where it goes. If it is a second list beside the first, move it below and import again.");
        need_relation(sheet: &str, column: &str) = format!("{sheet}: cột “{column}” không ghi ai là “Chủ hộ”. Nếu chủ hộ là dòng để trống thì chọn “Quan hệ với chủ hộ”; nếu mỗi dòng là một hộ thì chọn “Không lấy”."), format!("{sheet}: column “{column}” names nobody as “Chủ hộ”. If the head is where it is empty, choose “Relation to the head”; if each line is a household, choose “Leave out”.");
        need_unnumbered(sheet: &str, n: &str) = format!("{sheet}: {n} dòng không có số riêng. Là hộ, là người trong hộ ở trên, hay không phải?"), format!("{sheet}: {} no number of their own. Households, people of the household above, or neither?", many(n, "line has", "lines have"));
        need_twice(sheet: &str, other: &str) = format!("{sheet}: phần lớn các hộ đã có ở trang {other}. Bỏ một trang, hoặc chọn “Lấy cả trang này”."), format!("{sheet}: most of these households are on sheet {other} as well. Leave one of them out, or choose “Take this sheet, too”.");
        need_persons(sheet: &str) = format!("{sheet}: tiêu đề ghi là danh sách từng người, mà không cột nào cho biết ai là chủ hộ. Bỏ trang này, hoặc chọn “Mỗi dòng là một hộ”."), format!("{sheet}: the title says that the lines are persons, and no column says who is a head. Leave the sheet out, or choose “Each is a household”.");
        take_sheet_too = "Lấy cả trang này", "Take this sheet, too";
        unnumbered_label(n: &str) = format!("Dòng không có số riêng ({n})"), format!("Lines without a number of their own ({n})");
        unnumbered_of(sheet: &str) = format!("Dòng không có số riêng của {sheet}"), format!("Lines without a number of {sheet}");
        unnumbered_hint = "Các dòng khác có số thứ tự. Chưa chọn thì những dòng này không được giữ.", "The other lines have numbers. Unless you choose, these are not kept.";
        unnumbered_household = "Mỗi dòng là một hộ", "Each is a household";
        unnumbered_member = "Là người trong hộ ở trên", "They are people of the household above";
        unnumbered_neither = "Không phải hộ, không giữ", "They are no households, do not keep them";
        to_choose = "Chọn…", "Choose…";
        member_lines = "Người trong hộ (tính vào số khẩu)", "People of households (counted there)";
        download_lines = "Tải các dòng này (.csv)", "Download these lines (.csv)";
        download_skipped = "Tải các dòng bỏ qua (.csv)", "Download the lines that are passed over (.csv)";
        lines_trouble = "Chưa tải được. Bấm lại.", "Not downloaded. Press again.";
        passed_over = "Bỏ qua", "Passed over";
        hidden_lines(n: &str) = format!("Tệp có {n} dòng đang ẩn hoặc bị lọc."), format!("{} hidden or filtered out in the file.", many(n, "line is", "lines are"));
        hidden_lines_note = "Những dòng ấy cũng được đọc. Không muốn nhập thì xóa trong tệp rồi chọn lại.", "They are read as well. If they do not belong to the list, delete them in the file and choose it again.";
        the_list = "Danh sách", "The list";
        sheets_title = "Trang tính và thôn", "Sheets and villages";
        sheet = "Trang", "Sheet";
        village_of(sheet: &str) = format!("Thôn của {sheet}"), format!("Village of {sheet}");
        village_by_line = "Mỗi dòng tự ghi thôn; ô này cho dòng bỏ trống.", "Each line names its village; this is for lines that do not.";
        village_yes = "Đúng thôn này", "Yes, this village";
        leave_out = "Không lấy trang này", "Leave this sheet out";
        villages_of_file = "Thôn trong tệp", "Villages of the file";
        in_the_book = "Trong sổ", "In the book";
        village_known = "Đã có", "Known";
        village_new = "Chưa có, tạo khi nhập", "Not there, made with the import";
        make_it = "Tạo thôn này", "Make this village";
        same_as(name: &str) = format!("{name} là thôn nào trong sổ"), format!("Which village of the book {name} is");
        taken_as(from: &str, to: &str) = format!("“{from}” được hiểu là {to}."), format!("“{from}” is taken as {to}.");
        columns_of(sheet: &str) = format!("Khớp cột: {sheet}"), format!("Columns: {sheet}");
        column = "Cột trong tệp", "Column of the file";
        column_n(n: &str) = format!("Cột {n}"), format!("Column {n}");
        example = "Ví dụ", "Example";
        goes_to = "Đưa vào", "Goes to";
        column_goes_to(title: &str) = format!("Cột {title} đưa vào đâu"), format!("Where column {title} goes");
        not_shown = "không hiện", "not shown";
        not_kept = "Không lưu", "Not kept";
        header_line = "Dòng tiêu đề", "Header line";
        header_line_hint = "Số dòng có tên cột, như Excel đếm. 0 là không có tiêu đề.", "The number of the line with the column titles, as Excel counts. 0 means there is none.";
        encoding_of(sheet: &str) = format!("Bảng mã của {sheet}"), format!("Encoding of {sheet}");
        encoding_label = "Bảng mã", "Encoding";
        encoding_hint = "Tự nhận ra. Nếu chữ ở các bảng bên dưới đọc sai thì chọn bảng mã khác.", "Recognised by itself. If the words below read wrong, choose another.";
        encoding_itself = "Tự nhận ra", "Recognise it";
        encoding_found(names: &str) = format!("Tự nhận ra: {names}"), format!("Recognised: {names}");
        converted_n(n: &str, from: &str) = format!("Đã đổi {n} ô từ {from} sang Unicode."), format!("{} changed from {from} to Unicode.", many(n, "cell is", "cells are"));
        problems_file = "dong-khong-nhap.csv", "lines-not-imported.csv";
        utf16 = "chữ kiểu UTF-16", "UTF-16 text";
        problems_title(n: &str) = format!("Dòng không giữ được ({n})"), format!("Lines that are not kept ({n})");
        warnings_title(n: &str) = format!("Cảnh báo, vẫn nhập ({n})"), format!("Warnings, still imported ({n})");
        sample_title = "Mấy hộ đầu, như sẽ vào sổ", "The first households, as they will be stored";
        place_in_file = "Trang, dòng", "Sheet, line";
        in_the_file = "Trong tệp", "In the file";
        line = "Dòng", "Line";
        line_n(n: &str) = format!("dòng {n}"), format!("line {n}");
        number_n(n: &str) = format!("số {n}"), format!("no. {n}");
        people_in(n: &str) = format!("{n}\u{a0}khẩu"), many(n, "person", "people");
        head = "Chủ hộ", "Head";
        doubt = "Chỗ chưa chắc", "Doubt";
        phone_number = "Điện thoại", "Phone";
        more_lines(n: &str) = format!("Xem {n} dòng còn lại"), format!("See {n} more");
        summary = "Tóm tắt", "Summary";
        lines_read(n: &str) = format!("{n} dòng đã đọc"), format!("{} read", many(n, "line", "lines"));
        new_households = "Hộ nhập được", "Households to import";
        not_kept_lines = "Không giữ được", "Not kept";
        skipped_lines = "Dòng cộng, chữ ký (bỏ qua)", "Totals, signatures (skipped)";
        warnings_n(n: &str) = format!("{n} cảnh báo, vẫn nhập."), format!("{}, still imported.", many(n, "warning", "warnings"));
        warnings_note = "Số điện thoại hoặc số khẩu không đọc được sẽ để trống.", "Phone numbers and counts that cannot be read stay empty.";
        never_title = "Cột không bao giờ lưu", "Columns that are never kept";
        never_note = "Không vào sổ và không được giữ ở đâu khác.", "They do not go into the book and are kept nowhere else.";
        stored_so_far(n: &str, all: &str) = format!("{n} trên {all} hộ."), format!("{n} of {all} households.");
        stop_storing = "Dừng lại, không nhập gì", "Stop, import nothing";
        storing_stopped = "Đã dừng. Chưa lưu gì.", "Stopped. Nothing was stored.";
        book_moved_on = "Trong lúc xem, sổ đã có thay đổi. Xem lại bên dưới rồi bấm nhập.", "The book has changed meanwhile. Look again below and press.";
        past_imports = "Các lần nhập gần đây", "Recent imports";
        past_import(made: &str, changed: &str) = format!("{made} hộ mới, {changed} hộ có thay đổi"), format!("{made} new households, {changed} changed");
        import_was_undone = "Đã hoàn tác", "Undone";
        look_at_import = "Xem, hoàn tác", "Look at it, undo it";
        look_at_import_of(when: &str) = format!("Xem, hoàn tác lần nhập {when}"), format!("Look at the import of {when}, undo it");
        import_undone = "Đã hoàn tác lần nhập", "The import was undone";
        undone_n(made: &str, changed: &str) = format!("{made} hộ mới được đánh dấu “Ghi trùng”; {changed} hộ về như trước. Chỗ đã sửa sau khi nhập thì giữ."), format!("{made} new households are marked “Recorded twice”; {changed} are as before. What was corrected since stays.");
        villages_stay(n: &str) = format!("{n} thôn tạo khi nhập vẫn còn. Không cần nữa thì ghi ngày thôn thôi ở trang “Đơn vị”."), format!("{} with the import stay. Those that nobody needs can be ended on the page “Units”.", many(n, "village made", "villages made"));
        undo_import = "Hoàn tác lần nhập này", "Undo this import";
        undo_import_hint = "Hoàn tác được cho đến khi có người đến thăm hoặc sửa một hộ mới nhập.", "It can be undone until somebody visits or corrects one of the new households.";
        undo_too_late = "Không hoàn tác được nữa: một hộ mới nhập đã được thăm, sửa, giao cho người đi, hoặc đã có ý kiến.", "It is too late to undo: one of the new households was visited, corrected or given to somebody, or somebody there has said something.";
        undo_too_late_next = "Sửa từng hộ, hoặc nhập danh sách đúng: trang sẽ so với sổ.", "Correct the households, or import the right list: it is compared with the book.";
        import_compared(new: &str, changed: &str, unsure: &str) = format!("So với sổ: {new} hộ mới, {changed} hộ thay đổi, {unsure} dòng chưa rõ"), format!("Beside the book: {new} new, {changed} changed, {unsure} not certain");
        import_done_changed(n: &str, changed: &str) = format!("Đã nhập {n} hộ mới, sửa {changed} hộ"), format!("{n} new imported, {changed} changed");
        only_new = "Hộ mới", "New households";
        changed_households = "Hộ thay đổi", "Households that change";
        unchanged_households = "Hộ giữ nguyên", "Households that stay as they are";
        unsure_lines = "Dòng chưa rõ là hộ nào", "Lines that are not certain";
        left_lines = "Dòng để lại", "Lines left";
        missing_households = "Hộ không còn trong danh sách", "Households not in the list any more";
        asked_title(n: &str) = format!("Dòng chưa rõ là hộ nào ({n})"), format!("Lines that are not certain ({n})");
        asked_note = "Dòng nào chưa chọn thì không làm gì: không thêm hộ, không sửa hộ.", "Nothing is done about a line that is not decided: no household is added or changed.";
        in_the_list = "Trong danh sách", "In the list";
        decide_line(n: &str) = format!("Dòng {n} là hộ nào"), format!("Which household line {n} is");
        not_decided = "Chưa chọn", "Not decided";
        choice_is(code: &str) = format!("Là hộ {code}"), format!("Is household {code}");
        choice_new = "Là hộ mới", "Is a new household";
        choice_leave = "Để lại, không làm gì", "Leave it";
        changes_title(n: &str) = format!("Hộ thay đổi ({n})"), format!("Households that change ({n})");
        household_code = "Mã hộ", "Code";
        what_changes = "Thay đổi", "Change";
        missing_title(n: &str) = format!("Có trong sổ, không còn trong danh sách ({n}): vẫn giữ"), format!("In the book, not in the list any more ({n}): kept");
        renumbered_n(n: &str) = format!("{n} hộ chỉ khác số trong danh sách: giữ số cũ."), format!("{} only another number: the old one is kept.", many(n, "household has", "households have"));
        take_numbers = "Lấy số theo danh sách mới", "Take the numbers of the new list";
        nothing_to_store = "Không có gì phải nhập", "There is nothing to import";
        store_button_again(new: &str, changed: &str) = format!("Nhập: {new} hộ mới, sửa {changed} hộ"), format!("Import: {new} new, {changed} changed");
        and_villages(does: &str, n: &str) = format!("{does}, tạo {n} thôn"), format!("{does}, make {}", many(n, "village", "villages"));
        store_button(n: &str) = format!("Nhập {n} hộ"), format!("Import {}", many(n, "household", "households"));
        store_button_villages(n: &str, villages: &str) = format!("Nhập {n} hộ, tạo {villages} thôn"), format!("Import {}, make {}", many(n, "household", "households"), many(villages, "village", "villages"));
        store_note = "Dòng không giữ được thì chưa nhập.", "Lines that are not kept are not imported.";
        cancel_import = "Hủy, không nhập gì", "Cancel, import nothing";

        // What arrives otherwise, typed in.
        typing = "Nhập phiếu giấy", "Type in sheets";
        typing_title = "Nhập phiếu thăm giấy", "Type in paper visit sheets";
        typing_so_far(n: &str) = format!("Đã nhập {n} phiếu trong lần này"), format!("{} typed in so far", many(n, "sheet", "sheets"));
        typing_keys = "Enter sang ô tiếp, Shift+Tab về ô trước, Ctrl+Enter lưu. Gõ số, mã hoặc tên không dấu rồi Enter để chọn.", "Enter goes on, Shift+Tab back, Ctrl+Enter saves. Type a number, a code or words without accents, then Enter, to choose.";
        typing_once = "Điền một lần cho cả xấp phiếu", "Once for the whole pile";
        typing_row = "Phiếu của một hộ", "One household’s sheet";
        to_sheets = "Phiếu thăm giấy", "Paper visit sheets";
        to_arrived = "Ý kiến đến đường khác", "Opinions that came otherwise";
        to_route = "In danh sách đi thăm", "Print a route list";
        to_print_sheets = "In phiếu thăm", "Print visit sheets";
        no_answer_yet = "Chưa liên lạc được với máy chủ", "The server cannot be reached yet";
        trying_again = "Những gì đã gõ vẫn còn trên trang. Trang tự gửi lại vài giây một lần, không lưu hai lần. Đừng đóng trang này.", "What was typed is still on the page. It is sent again every few seconds and stored only once. Leave this page open.";
        stop_trying = "Thôi, không gửi lại nữa", "Stop trying";
        waiting_for_answer = "Chưa có mạng, đang gửi lại…", "No answer, trying again…";
        campaign_missing = "Chưa chọn đợt vận động đang chạy.", "No running campaign is chosen.";
        village_missing = "Chưa chọn thôn.", "No village is chosen.";
        visitor = "Ai đi thăm", "Who went";
        visitor_missing = "Chưa chọn ai đi thăm.", "Who went is missing.";
        visit_day = "Ngày đi thăm", "Day of the visit";
        short_day_hint = "ngày/tháng, như 5/3", "day/month, like 5/3";
        day_outside = "Ngày phải nằm trong đợt vận động và không sau hôm nay.", "The day has to be within the campaign and not after today.";
        which_household = "Hộ", "Household";
        which_household_hint = "số, mã hoặc tên chủ hộ", "number, code or head";
        household_missing = "Chưa chọn hộ.", "No household is chosen.";
        household_wrong = "Hộ này không còn trong thôn. Chọn lại.", "This household is not in the village any more. Choose again.";
        who_met = "Gặp ai", "Who was met";
        who_met_missing = "Chưa chọn kết quả gặp.", "The result is missing.";
        done_there = "Đã làm gì", "What was done";
        done_there_hint = "các số, cách nhau bằng dấu cách", "the numbers, with spaces between";
        done_there_wrong = "Có số không nằm trong danh sách việc.", "A number is not in the list.";
        come_again = "Hẹn đến lại ngày", "Come again on";
        come_again_wrong = "Ngày hẹn không đọc được hoặc đứng trước ngày thăm.", "The day cannot be read or is before the visit.";
        promised_until = "Hứa trả lời trước ngày", "Answer promised by";
        promised_wrong = "Ngày hứa không đọc được, đứng trước ngày thăm, hoặc không có ý kiến có tên nào để trả lời.", "The promised day cannot be read, is before the visit, or there is no named opinion to answer.";
        what_was_said = "Bà con nói gì", "What was said";
        said_kind(n: usize) = format!("Ý kiến {n}: loại"), format!("Opinion {n}: kind");
        said_kind_hint = "để trống nếu không có", "empty if there is none";
        complaint = "Khiếu nại hoặc tố cáo: không ghi ở đây", "Complaint or denunciation: not written here";
        complaint_title = "Khiếu nại, tố cáo phải đến nơi tiếp công dân", "Complaints and denunciations go to the citizens' reception";
        complaint_words = "Việc này có luật riêng và người tố cáo phải được giữ bí mật. Lời đã gõ cho ý kiến này đã xóa khỏi trang, không lưu gì. Chuyển tờ giấy cho bộ phận tiếp công dân và báo bà con đến đó. Phần còn lại của phiếu vẫn giữ nguyên. Chọn nhầm thì chọn loại khác.", "There is a law of its own for them, and who denounces must be kept secret. What was typed for this opinion was erased from the page, nothing is stored. Hand the paper to the citizens' reception and tell the residents to go there. The rest of the sheet stays. If it was a slip, choose another kind.";
        topic_missing = "Chưa chọn lĩnh vực.", "The topic is missing.";
        said_words = "Lời bà con", "The words";
        said_words_missing = "Chưa ghi lời.", "The words are missing.";
        said_words_long = "Lời dài quá 4.000 chữ cái. Ghi gọn lại.", "More than 4,000 letters. Make it shorter.";
        said_urgency = "Gấp không", "Urgent";
        said_urgency_hint = "để trống là bình thường", "empty is normal";
        said_who = "Có nêu tên không", "Named";
        said_who_missing = "Chưa chọn có nêu tên hay không.", "Named or not is missing.";
        unnamed_rule = "Lời này được cất không kèm hộ, lần thăm, ngày, nguồn, người gõ. Nó chờ đến khi thôn có đủ nhà được thăm, rồi hiện cùng những lời khác. Lưu rồi không lấy lại được.", "These words are kept without household, visit, day, source and typist. They wait until enough households of the village were visited and appear together with others. Once saved they cannot be taken back.";
        unnamed_urgent = "Gấp mà không nêu tên thì hiện ngay, nên có thể bị nhận ra.", "An urgent one without a name appears at once, and may be recognised.";
        said_incomplete = "Ý kiến còn thiếu chỗ, xem ở dưới.", "An opinion is not complete, see below.";
        nobody_spoken = "Không gặp được ai thì không có ý kiến và việc đã làm.", "Where nobody was spoken to there are no opinions and nothing done.";
        short_note = "Ghi chú ngắn", "Short note";
        short_note_hint = "Không ghi nhận xét về thái độ, quan điểm chính trị, tôn giáo của người dân.", "No remarks about anyone's attitude, political or religious views.";
        note_long = "Ghi chú dài quá 500 chữ cái.", "The note has more than 500 letters.";
        save_sheet = "Lưu phiếu này", "Save this sheet";
        sitting = "Đã lưu trong lần này", "Saved in this sitting";
        sitting_none = "Chưa lưu phiếu nào.", "Nothing saved yet.";
        said_n = "Ý kiến", "Opinions";
        take_back_sheet = "Lấy lại", "Take back";
        take_back_again = "Cả phiếu với ghi chú và ý kiến có tên của nó không tính nữa. Bản đã ghi vẫn giữ trong nhật ký. Muốn có lại thì nhập lại.", "The sheet with its note and named opinions no longer counts. What was recorded stays in the log. To have it again, type it in again.";
        taken_back = "Đã lấy lại", "Taken back";
        unnamed_n(n: &str) = format!("{n} ý kiến không nêu tên đã cất, không nằm ở dòng nào và không lấy lại được."), format!("{} kept; they stand in no row and cannot be taken back.", many(n, "opinion without a name", "opinions without a name"));
        nothing_matches = "Không thấy. Gõ số, mã hoặc tên khác.", "Nothing found. Try another number, code or name.";
        type_on(n: &str) = format!("còn {n} nữa, gõ thêm"), format!("{n} more, type on");
        arrived_title = "Nhập ý kiến đến đường khác", "Type in opinions that came otherwise";
        arrived_so_far(n: &str) = format!("Đã nhập {n} ý kiến trong lần này"), format!("{} typed in so far", many(n, "opinion", "opinions"));
        arrived_row = "Một ý kiến", "One opinion";
        arrived_household_hint = "chỉ khi có nêu tên", "only of a named one";
        source = "Nguồn", "Source";
        source_missing = "Chưa chọn đến bằng đường nào.", "The way it came is missing.";
        arrival_day = "Ngày đến", "Day of arrival";
        save_arrived = "Lưu ý kiến này", "Save this opinion";
        typed_by = "Người gõ", "Typed in by";
        who_went = "Người đi thăm", "Visited by";

        // Printed.
        route_title(village: &str) = format!("Danh sách đi thăm: {village}"), format!("Route list: {village}");
        route_choose = "Chọn thôn để in danh sách đi thăm", "Choose a village to print its route list";
        sheets_print_title(village: &str) = format!("Phiếu thăm: {village}"), format!("Visit sheets: {village}");
        sheets_choose = "Chọn thôn để in phiếu thăm", "Choose a village to print its visit sheets";
        print_as_of(at: &str) = format!("in lúc {at}"), format!("printed {at}");
        print_once = "Người đi thăm: ……………………………………   Ngày: ……/……/20……", "Visited by: ……………………………………   Day: ……/……/20……";
        print_only_left = "Chỉ hộ chưa gặp", "Only households not met";
        print_n(n: &str) = format!("{n} hộ"), many(n, "household", "households");
        number_short = "Số", "No.";
        so_far = "Đến nay", "So far";
        day_short = "Ngày", "Day";
        met_number = "Gặp ai (số)", "Met (number)";
        print_note = "Ghi chú", "Note";
        print_unnamed = "Ý kiến không nêu tên: ghi vào tờ riêng ở cuối, đừng ghi ở đây. Khiếu nại, tố cáo: không ghi, hướng dẫn đến bộ phận tiếp công dân của xã.", "Opinions without a name: on the slip at the end, not here. Complaints and denunciations: not written, show the way to the commune's citizens' reception.";
        print_slip = "Tờ ý kiến không nêu tên", "Slip for opinions without a name";
        print_slip_words = "Không ghi tên, số nhà, mã hộ trên tờ này. Để riêng với phiếu thăm.", "No name, number or code on this slip. Keep it apart from the visit sheets.";
        print_same_order = "Các mục theo đúng thứ tự khi nhập vào máy.", "The parts stand in the order in which they are typed in.";

        // The book kept by hand.
        add_household = "Thêm hộ", "Add a household";
        household_erased = "Một phần thông tin của hộ này đã xóa vĩnh viễn theo yêu cầu, không ghi lại được.", "Part of what was known of this household was deleted for ever, and cannot be written again.";
        edit_household = "Sửa hộ", "Correct the household";
        edit_household_of(head: &str) = format!("Sửa hộ {head}"), format!("Correct the household of {head}");
        book_intro = "Chỉ ghi những gì cần để tìm nhà. Không ghi số giấy tờ, dân tộc, tôn giáo, sức khỏe.", "Only what is needed to find the house. No papers' numbers, ethnicity, religion or health.";
        which_village = "Hộ này ở thôn nào", "Which village it belongs to";
        village_of_household_missing = "Chưa chọn thôn.", "No village is chosen.";
        head_full_hint = "Họ và tên đầy đủ", "Full name";
        head_missing = "Còn thiếu tên chủ hộ.", "The head's name is missing.";
        house_number = "Số nhà, số trong danh sách", "Number of the house or in the list";
        house_cluster = "Cụm, xóm", "Cluster";
        house_hint = "Nhà ở chỗ nào", "Where the house is";
        house_hint_example = "Ví dụ: cạnh nhà văn hóa, cổng gỗ", "For example: beside the village hall, wooden gate";
        house_hours = "Giờ dễ gặp", "When the family is in";
        house_hours_example = "Ví dụ: sau 17 giờ", "For example: after 17:00";
        house_phone_hint = "10 số, để trống nếu gia đình không cho", "Ten digits; empty if the family gives none";
        house_phone_wrong = "Số điện thoại có 10 số, bắt đầu bằng số 0.", "A phone number has ten digits and begins with 0.";
        house_people_hint = "Để trống nếu chưa biết", "Empty if not known";
        house_people_wrong = "Số người là một số từ 0 đến 99.", "The number of people is a number from 0 to 99.";
        house_too_long = "Dài quá 200 chữ.", "Longer than 200 characters.";
        still_here = "Hộ này còn ở đây không?", "Does the household still live here?";
        contact_wish = "Gia đình có muốn được liên hệ không?", "Does the family wish to be contacted?";
        may_contact = "Liên hệ được", "May be contacted";
        wants_no_contact = "Không liên hệ, theo lời hộ", "No contact, at the household's request";
        wants_no_contact_hint = "Không đến, không gọi, không nhắc hẹn; đếm riêng, không tính là còn lại.", "No visits, no calls, never due; counted apart, not as left.";
        save_household = "Lưu thông tin hộ", "Save the household";
        household_saved(head: &str) = format!("Đã lưu hộ {head}"), format!("The household of {head} is saved");
        household_reaches_phones = "Điện thoại của tổ nhận được ở lần đồng bộ tới.", "The team's phones receive it at their next sync.";
        add_another = "Thêm hộ nữa", "Add another one";
        nothing_changed = "Chưa sửa chỗ nào", "Nothing was changed";
        back_to_household = "Về hộ này trong danh sách", "To this household in the list";
        disputed_field(field: &str) = format!("{field}: hai người ghi khác nhau"), format!("{field}: two people wrote different things");
        disputed_why = "Cả hai đều được giữ. Chưa chọn thì cứ để vậy, hỏi lại gia đình rồi chọn sau.", "Both are kept. What is not decided stays so: ask the family, and choose later.";
        written_by(who: &str, on: &str, when: &str) = format!("{who} ghi {on}, {when}"), format!("{who}, {on}, {when}");
        somebody = "một người", "somebody";
        left_empty = "để trống", "left empty";
        other_value = "Ghi khác", "Something else";
        decide = "Chọn cái đúng", "Choose the right one";
        repeats_title = "Thôn này đã có một hộ cùng số, cùng tên chủ hộ", "This village has a household with the same number and head already";
        repeats_see = "Xem hộ đã có", "See the one that is there";
        repeats_anyway = "Là hộ khác, vẫn lưu", "It is another household, save it";
        one_household = "Chỉ một hộ.", "One household only.";
        to_the_household = "Xem hộ này", "See the household";

        // Chosen households.
        share = "Chia hộ cho từng người", "Share households out";
        share_title(village: &str, n: &str) = format!("{village}: {n} hộ chưa giao riêng cho ai"), format!("{village}: {} given to nobody by name", many(n, "household", "households"));
        share_choose_village = "Chọn một thôn ở trên.", "Choose a village above.";
        choose_households = "1. Chọn hộ", "1. Choose households";
        share_all_free = "Mọi hộ chưa giao riêng cho ai", "All that are given to nobody by name";
        share_no_cluster = "Không ghi cụm", "No cluster recorded";
        share_group(all: &str, new: &str, held: &str) = format!("{all} hộ · {new} chưa đến · {held} đã giao riêng"), format!("{} · {new} not visited · {held} given by name", many(all, "household", "households"));
        share_one_by_one = "Chọn từng hộ", "Choose one by one";
        share_held_by(name: &str) = format!("đang giao cho {name}"), format!("given to {name}");
        share_holds(n: &str) = format!("đang giữ {n} hộ chưa gặp"), format!("holds {n} not met");
        share_sentence(n: &str, name: &str) = format!("Giao {n} hộ cho: {name}."), format!("Give {} to: {name}.", many(n, "household", "households"));
        share_moves(n: &str) = format!("{n} hộ trong đó đang giao cho người khác, sẽ chuyển sang người này."), format!("{} given to somebody else will move to this person.", many(n, "household", "households"));
        share_done(n: &str, name: &str) = format!("Đã giao {n} hộ cho {name}"), format!("{} given to {name}", many(n, "household", "households"));
        share_reaches = "Xuống máy ở lần đồng bộ tới, ở ô “Của tôi”. Các hộ khác của thôn vẫn thấy được.", "They reach the phone at its next sync, under “Mine”. The village's other households stay in sight.";
        share_none_chosen = "Chưa chọn hộ nào.", "No household is chosen.";
        share_nobody_chosen = "Chưa chọn người.", "Nobody is chosen.";
        give_to_whom = "Giao cho", "Given to";
        share_back_warning = "Các hộ này thôi là của riêng người ấy. Những gì đã ghi vẫn còn và vẫn gửi về. Giao lại lúc nào cũng được.", "These households are no longer this person's own. What was recorded stays and is still delivered. They can be given again at any time.";
        share_village = "Chia hộ", "Share out";
        share_village_of(village: &str) = format!("Chia hộ của {village}"), format!("Share out {village}");
        names_export = "Xuất kèm họ tên, điện thoại", "Export with names and phones";
        names_warning = "Tệp này có họ tên, điện thoại của người dân. Ai xuất, lúc nào, để làm gì đều ghi vào nhật ký và vào tệp. Xong việc thì hủy tệp.", "This file has residents' names and phones. Who took it, when and what for stands in the log and in the file. Destroy it when the work is done.";
        names_reason = "Để làm gì", "What it is for";
        names_file = "Tải tệp .xlsx có họ tên", "The .xlsx file with names";
        one_holder(name: &str) = format!("Chỉ hộ giao riêng cho một người: {name}."), format!("Only households given by name to: {name}.");
    }
}

/// Both values of a field, a phone number so that it can be recognised and not called.
fn shown_values(difference: &Difference) -> (String, String) {
    let shown = |value: &str| match (value, difference.field.as_str()) {
        ("", _) => "–".to_owned(),
        (value, "phone") => domain::text::phone_mask(value),
        (value, _) => value.to_owned(),
    };
    (shown(&difference.old), shown(&difference.new))
}

/// "1 household", "1,347 households".
fn many(n: &str, one: &str, more: &str) -> String {
    format!("{n} {}", if n == "1" { one } else { more })
}

impl Office {
    /// Picks one of two words of this language. For lists of codes that only the office explains.
    fn pick<T>(&self, vietnamese: T, english: T) -> T {
        if self.tag == "vi" { vietnamese } else { english }
    }

    /// What happened, and what to do.
    pub fn fault(&self, fault: &Fault) -> String {
        let words = match fault {
            Fault::NoAnswer => self.pick(
                "Không liên lạc được với máy chủ. Xem lại mạng rồi bấm lại.",
                "The server cannot be reached. Check the network and press again.",
            ),
            Fault::Unclear => self.pick(
                "Máy chủ trả lời điều trang này chưa hiểu. Tải lại trang để lấy bản mới.",
                "The server's answer is not understood. Reload the page to get the new version.",
            ),
            Fault::Refused(refusal) => {
                let words = self.refusal(refusal.code);
                if let Some(wait) = refusal.wait {
                    return self.pick(format!("{words} Thử lại sau {wait} giây."), format!("{words} Try again in {wait} seconds."));
                }
                words
            }
        };
        words.to_owned()
    }

    fn refusal(&self, code: RefusalCode) -> &'static str {
        let (vietnamese, english) = match code {
            RefusalCode::SignIn => ("Phiên làm việc đã hết. Đăng nhập lại.", "The session has ended. Sign in again."),
            RefusalCode::NotAllowed => ("Vai trò này không được làm việc đó.", "This role may not do that."),
            RefusalCode::WrongPassphrase => {
                ("Tên đăng nhập hoặc mật khẩu chưa đúng. Gõ lại.", "The sign-in name or the passphrase is not right. Type them again.")
            }
            RefusalCode::TooMany => ("Thử quá nhiều lần.", "Too many attempts."),
            RefusalCode::UnknownCode => ("Không có mã này.", "There is no such code."),
            RefusalCode::ExpiredCode => ("Mã đã quá 24 giờ. Phát mã khác.", "The code is older than 24 hours. Issue another."),
            RefusalCode::UsedCode => ("Mã đã dùng rồi. Phát mã khác.", "The code was used. Issue another."),
            RefusalCode::NoRecoveryKey => (
                "Chưa có khóa khôi phục nên chưa đưa máy nào vào được. Người quản trị tạo khóa trước.",
                "There is no recovery key yet, so no phone can be enrolled. The administrator makes the key first.",
            ),
            RefusalCode::RevokedDevice => ("Máy này đã bị thu hồi.", "This device was revoked."),
            RefusalCode::BadRequest => {
                ("Trang này cũ hơn máy chủ. Tải lại trang rồi làm lại.", "This page is older than the server. Reload it and try again.")
            }
            RefusalCode::TooLarge => ("Lớn quá, máy chủ không nhận.", "Too large, the server does not take it."),
            RefusalCode::NotFound => ("Không tìm thấy. Có thể đã đổi; tải lại trang.", "Not found. It may have changed; reload the page."),
            RefusalCode::Stale => (
                "Người khác vừa sửa chỗ này. Tải lại trang để xem rồi sửa tiếp.",
                "Somebody changed this meanwhile. Reload the page, look, and go on.",
            ),
            RefusalCode::Invalid => {
                ("Có chỗ máy chủ không nhận. Xem lại các ô.", "The server does not accept something. Look at the fields again.")
            }
            RefusalCode::Taken => ("Tên này đã có rồi.", "That name is taken."),
            RefusalCode::Busy => ("Máy chủ đang bận. Đợi một chút rồi bấm lại.", "The server is busy. Wait a moment and press again."),
            RefusalCode::Broken => (
                "Máy chủ gặp lỗi, chưa lưu gì. Bấm lại; vẫn thế thì báo người quản trị.",
                "The server failed, nothing was stored. Press again; if it stays, tell the administrator.",
            ),
        };
        self.pick(vietnamese, english)
    }

    /// Why something waits for a person, and what to do.
    pub fn quarantined(&self, reason: Reason) -> (&'static str, &'static str) {
        let (vietnamese, english) = match reason {
            Reason::Unreadable => (
                (
                    "Bản ghi hỏng, hoặc của bản mới hơn",
                    "Báo người quản trị cập nhật máy chủ, mục này sẽ tự vào sổ; vẫn còn thì hỏi người ghi rồi ghi lại",
                ),
                (
                    "Damaged, or of a newer version",
                    "Have the administrator update the server, then it goes in by itself; if it stays, ask the writer and record it anew",
                ),
            ),
            Reason::NotAllowed => (
                ("Người ghi chưa được giao nơi này", "Hỏi người ghi; đúng là họ đi thì giao thôn cho tổ của họ rồi bấm “Nhận lại”"),
                (
                    "The writer was not given that place",
                    "Ask the writer; if they did go there, give the village to their team and press “Take in again”",
                ),
            ),
            Reason::TooLate => (
                ("Đã thôi giao quá 30 ngày", "Hỏi người ghi; đúng thì giao lại rồi bấm “Nhận lại”, hoặc nhờ tổ đang giữ ghi lại"),
                (
                    "The assignment ended more than 30 days ago",
                    "Ask the writer; if it holds, give it again and press “Take in again”, or let the present team record it",
                ),
            ),
            Reason::Revoked => (
                ("Máy đã bị thu hồi", "Hỏi người giữ máy; đúng thì nhờ tổ ghi lại từ máy khác"),
                ("The phone was revoked", "Ask its holder; if it holds, let the team record it anew on another phone"),
            ),
            Reason::Invalid => (
                (
                    "Nội dung không đúng quy tắc",
                    "Thiếu hộ hoặc lượt thăm mà mục này nói đến: máy khác gửi tới thì mục tự vào sổ; chưa ai ghi thì thêm vào rồi bấm “Nhận lại”, vẫn thế thì người ghi ghi lại",
                ),
                (
                    "The content breaks a rule",
                    "Where the household or visit that it is about is missing: it goes in by itself once another phone brings that; if nobody has recorded it, add it and press “Take in again”, and if it stays, let the writer record it again",
                ),
            ),
            Reason::Exists => {
                let next = ("Hỏi người ghi; trong sổ thiếu thì ghi lại", "Ask the writer; what is missing in the book is recorded anew");
                (("Đã có bản ghi khác cùng mã", next.0), ("Another record has this id", next.1))
            }
            Reason::Forked => (
                ("Hai máy ghi cùng một dãy số: máy bị chép", "Thu hồi cả hai, ghi danh lại bằng mã mới"),
                ("Two phones write the same numbers: a copied phone", "Revoke both and enrol them with new codes"),
            ),
            Reason::Reserved => (
                ("Yêu cầu xóa, bản này chưa làm được", "Đợi bản sau"),
                ("A request to erase, not done by this version yet", "Wait for the next version"),
            ),
            Reason::Stale => (
                ("Đã có người sửa sau khi người ghi xem", "Xem bản ghi trong sổ; chưa đúng thì sửa lại"),
                ("Changed since the writer saw it", "Look at the record in the book; if it is not right, change it anew"),
            ),
            Reason::Suspect => (
                ("Lần trước xét mục này thì máy chủ gặp lỗi", "Báo người quản trị; cập nhật máy chủ rồi hãy bấm “Nhận lại”"),
                (
                    "The server failed when it judged this",
                    "Tell the administrator; press “Take in again” only after the server was updated",
                ),
            ),
            Reason::Other => (
                ("Lý do mà bản này chưa có lời", "Mở lại trang; vẫn thế thì báo người quản trị"),
                ("A reason that this version has no words for", "Open the page again; if it stays, tell the administrator"),
            ),
        };
        self.pick(vietnamese, english)
    }

    /// A part of a record that can be deleted, by what it says.
    pub fn erased_part(&self, household: bool, part: Part) -> &'static str {
        let (vietnamese, english) = match (part, household) {
            (Part::Facts, true) => ("Số nhân khẩu, gợi ý tìm nhà, giờ ở nhà", "People, hints, hours at home"),
            (Part::Facts, false) => ("Ngày, loại, kết quả", "Day, kind, result"),
            (Part::Text, _) => ("Lời đã ghi", "The words"),
            (Part::Contact, true) => ("Họ tên chủ hộ, số điện thoại", "Name of the head, telephone number"),
            (Part::Contact, false) => ("Ai nói, báo lại cho ai", "Who said it, whom to answer"),
        };
        self.pick(vietnamese, english)
    }

    /// What deleting it comes to.
    pub fn erased_part_hint(&self, household: bool, part: Part) -> &'static str {
        let (vietnamese, english) = match (part, household) {
            (Part::Facts | Part::Contact, true) => ("Hộ vẫn được đếm", "The household still counts"),
            (Part::Facts, false) => ("Mục này không còn trong danh sách và số liệu", "It is in no list and no figure any more"),
            (Part::Text | Part::Contact, _) => ("Mục này vẫn được đếm", "It still counts"),
        };
        self.pick(vietnamese, english)
    }

    /// What the field is called with which it is chosen.
    pub const fn erased_field(&self, part: Part) -> &'static str {
        match part {
            Part::Facts => "facts",
            Part::Text => "text",
            Part::Contact => "contact",
        }
    }

    /// The sort of a record by its code.
    pub fn record_kind(&self, code: &str) -> &'static str {
        let (vietnamese, english) = match Kind::from(code.to_owned()) {
            Kind::Household => ("Hộ", "Household"),
            Kind::Unit => ("Đơn vị", "Unit"),
            Kind::Team => ("Tổ", "Team"),
            Kind::Organization => ("Tổ chức", "Organisation"),
            Kind::CodeEntry => ("Mục của danh mục", "Entry of a code list"),
            Kind::Rearrangement => ("Quyết định nhập, tách thôn chờ đến ngày", "Merger or split that waits for its day"),
            Kind::Incident => ("Sự cố", "Incident"),
            Kind::Campaign => ("Đợt vận động", "Campaign"),
            Kind::Assignment => ("Phân công", "Assignment"),
            Kind::Person => ("Người", "Person"),
            Kind::Visit => ("Lượt thăm", "Visit"),
            Kind::Verification => ("Xác nhận lượt thăm", "Verification"),
            Kind::DayClosing => ("Chốt ngày", "Closing of a day"),
            Kind::Opinion | Kind::AnonymousOpinion => ("Ý kiến", "Opinion"),
            Kind::Meeting => ("Cuộc họp", "Meeting"),
            Kind::MeetingOpinion => ("Ý kiến tại cuộc họp", "Opinion at a meeting"),
            Kind::Note => ("Ghi chú", "Note"),
            Kind::Callback => ("Hẹn trả lời", "Promised answer"),
            Kind::Other(_) => ("Loại mới", "A newer kind"),
        };
        self.pick(vietnamese, english)
    }

    /// What stands between two cells.
    pub fn separated_by(&self, separator: char) -> String {
        let (vietnamese, english) = match separator {
            ',' => ("chữ, cột cách bằng dấu phẩy", "text, columns separated by commas"),
            ';' => ("chữ, cột cách bằng dấu chấm phẩy", "text, columns separated by semicolons"),
            _ => ("chữ, cột cách bằng tab", "text, columns separated by tabs"),
        };
        self.pick(vietnamese, english).to_owned()
    }

    /// A field that changes.
    pub fn difference(&self, difference: &Difference) -> String {
        let (old, new) = shown_values(difference);
        format!("{}: {old} → {new}", self.field(&difference.field))
    }

    /// A field that the list has otherwise, and that stays.
    pub fn kept_difference(&self, difference: &Difference) -> String {
        let (old, new) = shown_values(difference);
        let field = self.field(&difference.field);
        self.pick(
            format!("{field}: giữ {old}, đã sửa sau lần nhập trước (danh sách ghi {new})"),
            format!("{field}: {old} stays, corrected since the last import (the list has {new})"),
        )
    }

    fn field(&self, field: &str) -> &'static str {
        match field {
            "no" => self.number,
            "people" => self.column_label(Column::People),
            "phone" => self.phone_number,
            "hint" => self.column_label(Column::Hint),
            "cluster" => self.column_label(Column::Cluster),
            _ => self.head,
        }
    }

    /// What a state of a household in the book means, for whoever sets it.
    pub fn status_hint(&self, status: HouseholdStatus) -> &'static str {
        let (vietnamese, english) = match status {
            HouseholdStatus::Active => ("Được đếm, được giao, được thăm.", "Counted, assigned, visited."),
            HouseholdStatus::MovedOut => (
                "Cả nhà không còn ở thôn này. Nơi mới thêm hộ mới.",
                "The whole family left the village. Where they went they are a new household.",
            ),
            HouseholdStatus::Split => ("Đã thành mấy hộ mới; thêm từng hộ mới vào sổ.", "Became several new households; add each of them."),
            HouseholdStatus::Merged => ("Đã về chung với một hộ khác còn trong sổ.", "Joined another household that stays in the book."),
            HouseholdStatus::Dissolved => ("Không còn ai ở hộ này.", "Nobody of the household is left."),
            HouseholdStatus::Duplicate => ("Một hộ khác trong sổ chính là hộ này.", "Another household of the book is this very one."),
        };
        self.pick(vietnamese, english)
    }

    /// What is wrong with a household that somebody typed.
    pub const fn household_error(&self, error: HouseholdError) -> &'static str {
        match error {
            HouseholdError::NoHead => self.head_missing,
            HouseholdError::Phone => self.house_phone_wrong,
            HouseholdError::People => self.house_people_wrong,
            HouseholdError::TooLong(_) => self.house_too_long,
        }
    }

    /// Why it is not certain which household a line is.
    pub fn match_doubt(&self, doubt: MatchDoubt) -> &'static str {
        let (vietnamese, english) = match doubt {
            MatchDoubt::Head => ("Chủ hộ khác tên", "Another head"),
            MatchDoubt::Homonyms => ("Nhiều hộ trùng tên", "Several of this name"),
            MatchDoubt::Village => ("Mã hộ của thôn khác", "The code is of another village"),
            MatchDoubt::Inactive => ("Hộ này trong sổ không còn ở", "This household has left, says the book"),
            MatchDoubt::Twice => ("Hai dòng cùng một hộ", "Two lines, one household"),
        };
        self.pick(vietnamese, english)
    }

    /// What a text was written in.
    pub fn encoding(&self, encoding: Encoding) -> &'static str {
        match encoding {
            Encoding::Unicode => "Unicode",
            Encoding::Windows1258 => "Windows-1258",
            Encoding::Tcvn3 => "TCVN3 (ABC)",
            Encoding::Vni => "VNI",
        }
    }

    /// The field that a column goes to.
    pub fn column_label(&self, column: Column) -> &'static str {
        let (vietnamese, english) = match column {
            Column::Head => ("Chủ hộ", "Head"),
            Column::No => ("Số trong danh sách", "Number in the list"),
            Column::People => ("Số khẩu", "People"),
            Column::Phone => ("Điện thoại", "Phone"),
            Column::Hint => ("Chỗ ở", "Place"),
            Column::Cluster => ("Cụm", "Cluster"),
            Column::Village => ("Thôn", "Village"),
            Column::Code => ("Mã hộ trong sổ", "Code in the book"),
            Column::Relation => ("Quan hệ với chủ hộ", "Relation to the head"),
            Column::Ignored => ("Không lấy", "Leave out"),
            Column::Never(never) => return self.never(never),
        };
        self.pick(vietnamese, english)
    }

    /// What is never kept.
    pub fn never(&self, never: Never) -> &'static str {
        let (vietnamese, english) = match never {
            Never::IdentityNumber => ("Số định danh", "Identity number"),
            Never::Ethnicity => ("Dân tộc", "Ethnicity"),
            Never::Religion => ("Tôn giáo", "Religion"),
        };
        self.pick(vietnamese, english)
    }

    /// Where the village of a sheet was read.
    pub fn village_source(&self, from: VillageSource) -> &'static str {
        let (vietnamese, english) = match from {
            VillageSource::Person => ("Đã chọn", "Chosen"),
            VillageSource::Title => ("Đọc từ dòng tiêu đề của tệp", "Read from the title lines"),
            VillageSource::SheetName => ("Đọc từ tên trang tính", "Read from the sheet's name"),
            VillageSource::FileName => ("Đoán từ tên tệp, cần xác nhận", "Guessed from the file's name, to be confirmed"),
        };
        self.pick(vietnamese, english)
    }

    /// Why a line is not kept.
    pub fn roll_reason(&self, reason: &RollReason) -> String {
        let words = match reason {
            RollReason::NoHead => self.pick("Không có tên chủ hộ", "No name of a head"),
            RollReason::HeadTooLong => self.pick("Tên dài quá, không giống tên người", "Too long for a name"),
            RollReason::Unreadable => self.pick("Có chữ hỏng, không đọc được", "Letters are damaged"),
            RollReason::NoVillage => self.pick("Không ghi thôn", "No village"),
            RollReason::NoNumber => {
                self.pick("Không có số như các dòng khác: hộ, hay ghi chú?", "No number as the other lines have: a household or a note?")
            }
            RollReason::Heading => self.pick(
                "Dòng chữ giữa các hộ: có phải tên thôn không? Các hộ bên dưới đang vào thôn ở trên",
                "A text between households: the name of a village? Those below go to the village above",
            ),
            RollReason::NotAName => self.pick("Là một câu, không giống tên người", "A sentence, not a name"),
            RollReason::Unattached => {
                self.pick("Không rõ là chủ hộ hay người của hộ nào", "Not clear whether the head, or of which household")
            }
            RollReason::Repeats { line, spelled: None, .. } => {
                return self
                    .pick(format!("Trùng thôn, số, chủ hộ với dòng {line}"), format!("Same village, number and head as line {line}"));
            }
            RollReason::Repeats { line, spelled: Some(spelled), .. } => {
                return self.pick(
                    format!("Trùng thôn, số, chủ hộ với dòng {line} (viết “{spelled}”)"),
                    format!("Same village, number and head as line {line} (written “{spelled}”)"),
                );
            }
        };
        words.to_owned()
    }

    /// Why a line is passed over.
    pub fn roll_skip(&self, why: Skip) -> &'static str {
        let (vietnamese, english) = match why {
            Skip::Titles => ("Tiêu đề cột lặp lại", "Titles of columns again"),
            Skip::Total => ("Dòng cộng", "A sum"),
            Skip::Formality => ("Tiêu đề, chữ ký", "Letterhead or signature"),
            Skip::Heading => ("Tên thôn, cụm hoặc phần của danh sách", "Names a village, a cluster or a part of the list"),
            Skip::Member => ("Người trong hộ ở trên", "Of the household above"),
            Skip::Note => ("Ghi chú", "A note"),
        };
        self.pick(vietnamese, english)
    }

    /// What is doubtful about a kept line.
    pub fn roll_doubt(&self, doubt: &Doubt) -> String {
        let words = match doubt {
            Doubt::Phone(written) => {
                return self.pick(
                    format!("“{written}” không phải số điện thoại, để trống"),
                    format!("“{written}” is no phone number, left empty"),
                );
            }
            Doubt::SeveralPhones => self.pick("Có mấy số điện thoại, giữ số đầu", "Several phone numbers, the first is kept"),
            Doubt::People(written) => {
                return self.pick(format!("“{written}” không phải số khẩu, để trống"), format!("“{written}” is no count, left empty"));
            }
            Doubt::Number(written) => {
                return self.pick(
                    format!("“{written}” là ngày, không phải số nhà (Excel đã đổi), để trống"),
                    format!("“{written}” is a day and no number (the spreadsheet changed it), left empty"),
                );
            }
            Doubt::Remark(written) => {
                return self.pick(
                    format!("Tên có ghi “{written}”: xem lại ai là chủ hộ"),
                    format!("The name says “{written}”: see who is the head"),
                );
            }
            Doubt::Cut => self.pick("Chữ dài quá, đã cắt bớt", "Too long, shortened"),
            Doubt::IdentityNumber => self.pick("Có số định danh lẫn vào, đã bỏ", "An identity number stood in it and was taken out"),
            Doubt::SameHead { line, .. } => {
                return self.pick(
                    format!("Cùng tên chủ hộ với dòng {line}, không có số để phân biệt"),
                    format!("Same head as line {line}, no number to tell them apart"),
                );
            }
        };
        words.to_owned()
    }

    /// What to do about a line or a file.
    pub fn advice(&self, advice: Advice) -> &'static str {
        let (vietnamese, english) = match advice {
            Advice::AddHead => ("Bổ sung tên trong tệp rồi nhập lại", "Write the name into the file and import again"),
            Advice::CheckColumns => ("Xem lại cột nào là tên chủ hộ", "Look again which column is the name"),
            Advice::AddVillage => {
                ("Ghi thôn vào tệp, hoặc chọn thôn cho cả trang", "Write the village into the file, or choose one for the sheet")
            }
            Advice::AddNumber => (
                "Là hộ thì ghi số trong tệp, hoặc chọn ở “Dòng không có số riêng”",
                "If it is a household, number it, or choose at “Lines without a number of their own”",
            ),
            Advice::AddVillageType => (
                "Là tên thôn thì ghi thêm chữ “Thôn” ở trước rồi nhập lại",
                "If it is a village, write its kind before it (“Thôn …”) and import again",
            ),
            Advice::AddRelation => ("Ghi quan hệ với chủ hộ trong tệp rồi nhập lại", "Write the relation to the head and import again"),
            Advice::DropOrNumber => ("Bỏ một dòng, hoặc ghi số nhà khác nhau", "Take out one line, or give them different numbers"),
            Advice::CheckSpelling => ("Kiểm tra: cùng một hộ viết hai cách?", "Check: one household written in two ways?"),
            Advice::ChooseFilledFile => ("Chọn tệp đã điền danh sách.", "Choose the file that has the list."),
            Advice::ChooseTable => ("Chọn tệp danh sách, dạng .xlsx, .xls hoặc .csv.", "Choose the list itself, .xlsx, .xls or .csv."),
            Advice::SaveAsXlsx => (
                "Mở tệp bằng Excel, chọn Lưu thành, dạng .xlsx, rồi chọn tệp mới.",
                "Open it in Excel, save it as .xlsx, and choose the new file.",
            ),
            Advice::ConvertFont => (
                "Đổi chữ sang Unicode bằng UniKey (Ctrl + Shift + F6), lưu lại rồi chọn lại tệp.",
                "Convert the letters to Unicode with UniKey (Ctrl + Shift + F6), save, and choose the file again.",
            ),
            Advice::RemovePassword => {
                ("Mở tệp, bỏ mật khẩu, lưu lại rồi chọn lại.", "Open the file, take the password off, save, and choose it again.")
            }
            Advice::FetchAgain => ("Chép hoặc tải lại tệp rồi chọn lại.", "Copy or download the file again and choose it again."),
            Advice::Split => {
                ("Chia thành mấy tệp, hoặc bỏ phần không phải danh sách hộ.", "Split it, or take out what does not belong to the list.")
            }
            Advice::Decide => ("Trả lời những chỗ còn hỏi rồi bấm lại.", "Answer what is asked and press again."),
        };
        self.pick(vietnamese, english)
    }

    /// The refusal of a file, if this is one: the server puts it as JSON into what the refusal is about.
    pub fn roll_error(&self, fault: &Fault) -> Option<RollError> {
        let Fault::Refused(refusal) = fault else { return None };
        let about = refusal.about.as_deref()?;
        serde_json::from_str(about).or_else(|_| serde_json::from_value(about.into())).ok()
    }

    /// Why a file is refused.
    pub fn roll_refused(&self, error: RollError) -> &'static str {
        let (vietnamese, english) = match error {
            RollError::Empty => ("Tệp này trống.", "The file is empty."),
            RollError::HeaderOnly => ("Tệp có dòng tiêu đề mà không có hộ nào ở dưới.", "The file has a header and no household below it."),
            RollError::NotATable(FileKind::Picture) => ("Đây là ảnh, dù tên tệp ghi khác.", "This is a picture, whatever its name says."),
            RollError::NotATable(FileKind::Pdf) => ("Đây là tệp PDF, không phải bảng.", "This is a PDF, not a table."),
            RollError::NotATable(FileKind::Document) => ("Đây là văn bản, không phải bảng.", "This is a text document, not a table."),
            RollError::NotATable(FileKind::OtherTable) => {
                ("Bảng này ở dạng chưa đọc được.", "This is a table in a format that is not read.")
            }
            RollError::NotATable(FileKind::Unknown) => ("Không nhận ra tệp này là bảng.", "This file is not recognised as a table."),
            RollError::Locked => ("Tệp có đặt mật khẩu.", "The file has a password."),
            RollError::Damaged => ("Tệp hỏng hoặc thiếu phần cuối.", "The file is damaged or its end is missing."),
            RollError::Encoding => ("Chữ trong tệp ở bảng mã chưa nhận ra.", "The letters are in an encoding that is not recognised."),
            RollError::TooLarge(Limit::Sheets) => ("Tệp có quá nhiều trang tính.", "The file has too many sheets."),
            RollError::TooLarge(Limit::Rows) => {
                ("Tệp có nhiều dòng hơn danh sách của bất cứ xã nào.", "The file has more lines than the list of any commune.")
            }
            RollError::TooLarge(Limit::Columns) => ("Tệp có quá nhiều cột.", "The file has too many columns."),
            RollError::TooLarge(Limit::Bytes | Limit::Unpacked | Limit::Cells) => {
                ("Tệp lớn hơn danh sách của bất cứ xã nào.", "The file is larger than the list of any commune.")
            }
            RollError::Undecided => {
                ("Còn chỗ chưa chọn: thôn, hoặc cột tên chủ hộ.", "Something is not decided: the village, or the head's column.")
            }
        };
        self.pick(vietnamese, english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::code::Lang;
    use domain::wire::Refusal;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn each_language_says_its_own() {
        let fault = Fault::NoAnswer;
        assert!(Office::of(Lang::Vi).fault(&fault).contains("máy chủ"));
        assert!(Office::of(Lang::En).fault(&fault).contains("server"));
    }

    #[wasm_bindgen_test]
    fn the_refusal_of_a_file_is_recognised() {
        let refused = |about: &str| Fault::Refused(Refusal { code: RefusalCode::Invalid, about: Some(about.to_owned()), wait: None });
        let words = Office::of(Lang::Vi);
        assert_eq!(words.roll_error(&refused("\"empty\"")), Some(RollError::Empty));
        assert_eq!(words.roll_error(&refused("empty")), Some(RollError::Empty));
        assert_eq!(words.roll_error(&refused("{\"not_a_table\":\"picture\"}")), Some(RollError::NotATable(FileKind::Picture)));
        assert_eq!(words.roll_error(&refused("name")), None);
    }
}

//! Counting as people count: four sides and a diagonal make five. Always beside the figure, never above 25.

use leptos::prelude::*;

/// The strokes of one five, moved `x` to the right: left, top, right, bottom, diagonal.
const STROKES: [[(u16, u16); 2]; 5] = [[(5, 2), (4, 29)], [(2, 5), (29, 4)], [(27, 2), (28, 30)], [(3, 27), (30, 28)], [(5, 26), (27, 6)]];

/// `done` dark strokes of `total`; nothing above 25, where nobody counts strokes any more. The fives that are not full
/// show their box, so that one sees what is left.
pub fn tally(done: u32, total: u32) -> Option<AnyView> {
    if total == 0 || total > 25 {
        return None;
    }
    let (dark, pale) = paths(done.min(total), total);
    let view_box = format!("0 0 {} 32", total.div_ceil(5) * 40 - 8);
    Some(
        view! { <svg class="tally" viewBox=view_box aria-hidden="true"><path d=pale></path><path class="n" d=dark></path></svg> }
            .into_any(),
    )
}

fn paths(done: u32, total: u32) -> (String, String) {
    let (mut dark, mut pale) = (String::new(), String::new());
    for five in 0..total.div_ceil(5) {
        for (n, [from, to]) in (five * 5..).zip(STROKES) {
            // The diagonal of a five that is not full is not drawn: a box with a stroke through it reads as full.
            if n >= total || (n >= done && n % 5 == 4) {
                continue;
            }
            let x = (five * 40) as u16;
            let path = if n < done { &mut dark } else { &mut pale };
            path.push_str(&format!("M{} {} {} {}", from.0 + x, from.1, to.0 + x, to.1));
        }
    }
    (dark, pale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn six_of_fifteen() {
        let (dark, pale) = paths(6, 15);
        assert_eq!(dark, "M5 2 4 29M2 5 29 4M27 2 28 30M3 27 30 28M5 26 27 6M45 2 44 29");
        assert_eq!(pale, "M42 5 69 4M67 2 68 30M43 27 70 28M85 2 84 29M82 5 109 4M107 2 108 30M83 27 110 28");
    }
}

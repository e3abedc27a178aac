/// The name with the smallest edit distance to `text`, at most two; `nil` if there is none.
///
/// A name of `n` letters is suggested only for fewer than `n` edits; otherwise `--z` would suggest
/// every option of one or two letters.
func nearest(to text: String, among names: [String]) -> String? {
  let ranked = names.map { (name: $0, distance: editDistance(text, $0)) }
    .filter { $0.distance <= 2 && $0.distance < min(text.count, $0.name.count) }
  return ranked.min { $0.distance < $1.distance }?.name
}

/// The Levenshtein distance: the number of insertions, deletions and substitutions that turn `a`
/// into `b`.
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substitution = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

/// Positions across the layers: items keep their order and minimum distances, and links are short.
///
/// The sum of the squared lengths of all links is minimized layer by layer, with weights that make
/// edges over many layers straight. The optimal positions of one layer are an isotonic regression,
/// which is solved exactly by pooling neighbours that would be too close: M. Ayer et al., "An
/// empirical distribution function for sampling with incomplete information", Annals of
/// Mathematical Statistics 26, 641 (1955).
package enum LayeredPositions {
  /// The position of the middle of each item.
  ///
  /// - Parameters:
  ///   - extents: The length of each item across the layers.
  ///   - distance: The minimum gap between two neighbours.
  static func positions(
    of items: LayeredItems, extents: [Double], distance: (Int, Int) -> Double
  ) -> [Double] {
    var result = [Double](repeating: 0, count: items.nodes.count)
    // The minimum distance from the first middle of a layer to each of its middles.
    let offsets = items.layers.map { layer in
      var offsets = [0.0]
      for (a, b) in zip(layer, layer.dropFirst()) {
        offsets.append(offsets[offsets.count - 1] + (extents[a] + extents[b]) / 2 + distance(a, b))
      }
      return offsets
    }
    for (layer, offsets) in zip(items.layers, offsets) {
      let width = offsets.last ?? 0
      for (item, offset) in zip(layer, offsets) { result[item] = offset - width / 2 }
    }
    for sweep in 0..<60 {
      let order = Array(items.layers.indices)
      for index in sweep % 2 == 0 ? order : order.reversed() {
        let layer = items.layers[index]
        let wishes = layer.map { wish(of: $0, items, result) }
        let shifted = zip(wishes, offsets[index]).map { (value: $0.value - $1, weight: $0.weight) }
        for ((item, offset), value) in zip(zip(layer, offsets[index]), ascending(shifted)) {
          result[item] = value + offset
        }
      }
    }
    return result
  }

  /// The weighted mean of the positions of an item's linked items.
  private static func wish(
    of item: Int, _ items: LayeredItems, _ positions: [Double]
  ) -> (value: Double, weight: Double) {
    var (sum, weight) = (0.0, 0.0)
    for other in items.above[item] + items.below[item] {
      let edgePlaces = (items.nodes[item] == nil ? 1 : 0) + (items.nodes[other] == nil ? 1 : 0)
      let share = [1.0, 2, 8][edgePlaces]
      sum += share * positions[other]
      weight += share
    }
    return weight > 0 ? (sum / weight, weight) : (positions[item], 1)
  }

  /// The ascending values closest to the given ones in weighted least squares.
  package static func ascending(_ values: [(value: Double, weight: Double)]) -> [Double] {
    var pools: [(value: Double, weight: Double, count: Int)] = []
    for next in values {
      var pool = (value: next.value, weight: next.weight, count: 1)
      while let last = pools.last, last.value >= pool.value {
        let weight = last.weight + pool.weight
        pool = (
          (last.value * last.weight + pool.value * pool.weight) / weight, weight,
          last.count + pool.count
        )
        pools.removeLast()
      }
      pools.append(pool)
    }
    return pools.flatMap { [Double](repeating: $0.value, count: $0.count) }
  }
}

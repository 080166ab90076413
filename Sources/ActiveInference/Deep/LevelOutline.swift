import GenerativeModel
import Inference

/// What follows from the models of levels and the names that link them, the lowest level first.
package struct LevelOutline: Sendable {
  /// One a level.
  package let models: [GenerativeModel]
  /// By level, the modalities that are the world's: those that nothing below is linked to.
  let ownModalities: [[Int]]

  /// - Parameter links: what comes down to each level but the highest.
  package init(_ models: [GenerativeModel], links: [[DeepAgent.Link]]) {
    self.models = models
    ownModalities = models.enumerated().map { level, model in
      let linked = Set(level == 0 ? [] : links[level - 1].map(\.modality))
      return model.modalities.indices.filter { !linked.contains(model.modalities[$0].name) }
    }
  }

  /// What passes between all levels and their world.
  package var interface: WorldInterface {
    let above = models.dropFirst().flatMap(\.controls).map { control in
      Variable(control.name, [DeepAgent.goesOn] + (0..<control.size).map(control.label))
    }
    return WorldInterface(
      modalities: zip(models, ownModalities).flatMap { model, own in
        own.map { model.modalities[$0] }
      },
      controls: (models.first?.controls ?? []) + above)
  }

  /// What the levels are called: as their models where no two are called alike, else by number from 0, the lowest.
  package var names: [String] {
    let names = models.map(\.name)
    let isTold = Set(names).count == names.count && !names.contains("")
    return isTold ? names : models.indices.map(String.init)
  }
}

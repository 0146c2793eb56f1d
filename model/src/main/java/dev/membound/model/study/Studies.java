package dev.membound.model.study;

import dev.membound.model.catalogue.NearNames;
import java.util.List;

/** All studies, in the order of the report. A new study is one line here. */
public final class Studies {
  /** All of them. */
  public static final List<Study> ALL =
      List.of(
          new MemoryWall(),
          new HbfCapacity(),
          new HbfEndurance(),
          new PimAndPnm(),
          new Stacking(),
          new NetworkLatency(),
          new KvCapacity(),
          new KvWall(),
          new DsaTraffic(),
          new PnmScaling());

  private Studies() {}

  /**
   * A study by name.
   *
   * @throws IllegalArgumentException naming near names when there is none
   */
  public static Study find(String name) {
    return ALL.stream()
        .filter(study -> study.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no study "
                        + name
                        + "; there are "
                        + String.join(", ", names())
                        + NearNames.suggestion(name, names())));
  }

  private static List<String> names() {
    return ALL.stream().map(Study::name).toList();
  }
}

package dev.membound.model.explore;

import dev.membound.model.cost.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * A chunk as text: numbers in the shortest form that reads back to the same bits, a last line that
 * tells a whole file from a damaged one.
 */
final class ChunkFile {
  private static final String MAGIC = "membound-chunk 1 ";
  private static final String END = "end";

  private ChunkFile() {}

  /**
   * The text of a chunk.
   *
   * @param digest of the sweep that it belongs to
   */
  static String write(Chunk chunk, String digest) {
    StringBuilder text = new StringBuilder();
    text.append(MAGIC).append(digest).append('\n');
    text.append("points ").append(chunk.points()).append('\n');
    text.append("fitting ").append(chunk.fitting()).append('\n');
    chunk
        .refused()
        .forEach(
            (reason, count) ->
                text.append("refused ")
                    .append(count)
                    .append(' ')
                    .append(reason.replace('\n', ' '))
                    .append('\n'));
    for (DesignPoint point : chunk.front()) {
      text.append("front ")
          .append(point.index())
          .append(' ')
          .append(
              DoubleStream.of(point.values())
                  .mapToObj(Double::toString)
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.append(END).append('\n').toString();
  }

  /** The chunk in a text; empty when it is damaged or belongs to another sweep. */
  static Optional<Chunk> read(String text, String digest) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 4
        || !lines.getFirst().equals(MAGIC + digest)
        || !lines.getLast().equals(END)) {
      return Optional.empty();
    }
    try {
      long points = Long.parseLong(after("points ", lines.get(1)));
      long fitting = Long.parseLong(after("fitting ", lines.get(2)));
      Map<String, Long> refused = new TreeMap<>();
      List<DesignPoint> front = new ArrayList<>();
      for (String line : lines.subList(3, lines.size() - 1)) {
        if (line.startsWith("refused ")) {
          String[] parts = line.split(" ", 3);
          refused.put(parts[2], Long.parseLong(parts[1]));
        } else {
          String[] parts = after("front ", line).split(" ", 2);
          front.add(new DesignPoint(Long.parseLong(parts[0]), values(parts[1])));
        }
      }
      return Optional.of(new Chunk(points, fitting, refused, front));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static double[] values(String text) {
    String[] numbers = text.split(",", -1);
    if (numbers.length != Metric.values().length) {
      throw new IllegalArgumentException("a point has one value a metric");
    }
    double[] values = new double[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.parseDouble(numbers[i]);
    }
    return values;
  }

  private static String after(String prefix, String line) {
    if (!line.startsWith(prefix)) {
      throw new IllegalArgumentException("no " + prefix);
    }
    return line.substring(prefix.length());
  }
}

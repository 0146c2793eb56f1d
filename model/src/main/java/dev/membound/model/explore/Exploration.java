package dev.membound.model.explore;

import dev.membound.model.run.CodeDigest;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Evaluates a sweep in chunks. Each chunk is replaced atomically on disk when it is done, so a
 * killed exploration goes on where it was; chunks are put together in order, so neither threads nor
 * kills change a byte of the outcome.
 */
public final class Exploration {
  /** Small enough that a kill costs a fraction of a second, large enough to plan a group once. */
  static final int CHUNK_POINTS = 1 << 14;

  private static final String CHUNKS = "chunks";
  private static final String POINTS = "points.csv";

  private final Sweep sweep;
  private final Path folder;
  private final boolean allPoints;
  private final String digest;

  /**
   * An exploration in a folder.
   *
   * @param text of the sweep, with the facts behind it what the folder must belong to
   * @param allPoints whether every point that fits is written and not only the front
   */
  public Exploration(Sweep sweep, String text, Path folder, boolean allPoints) {
    this(sweep, text, folder, allPoints, CodeDigest.of(Exploration.class));
  }

  /**
   * As the other.
   *
   * @param code digest of the program's own code: what it computed before, other code may not
   */
  Exploration(Sweep sweep, String text, Path folder, boolean allPoints, String code) {
    this.sweep = sweep;
    this.folder = folder;
    this.allPoints = allPoints;
    digest = digest(sweep, text, code);
  }

  /**
   * What came of all points.
   *
   * @param points evaluated or refused
   * @param fitting of them
   * @param refused points by the reason why their system cannot run at all
   * @param front Pareto front of every scenario, best in the first objective first
   */
  public record Outcome(
      long points, long fitting, Map<String, Long> refused, List<DesignPoint> front) {}

  /**
   * Evaluates what the folder does not hold yet.
   *
   * @param threads at least 1
   * @param progress told the points of every chunk that is there, from any thread
   * @throws RunFolderException when the folder belongs to another sweep or cannot be written
   */
  public Outcome run(int threads, LongConsumer progress) throws InterruptedException {
    claim();
    List<Callable<Chunk>> work = new ArrayList<>();
    long points = sweep.points();
    for (long first = 0; first < points; first += CHUNK_POINTS) {
      long from = first;
      long end = Math.min(points, first + CHUNK_POINTS);
      work.add(
          () -> {
            Chunk chunk = chunk(from, end);
            progress.accept(chunk.points());
            return chunk;
          });
    }
    List<Chunk> chunks = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Chunk> future : pool.invokeAll(work)) {
        chunks.add(future.get());
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
    if (allPoints) {
      joinPoints(chunks.size());
    }
    return merged(chunks);
  }

  private Outcome merged(List<Chunk> chunks) {
    long points = 0;
    long fitting = 0;
    Map<String, Long> refused = new TreeMap<>();
    List<DesignPoint> candidates = new ArrayList<>();
    for (Chunk chunk : chunks) {
      points += chunk.points();
      fitting += chunk.fitting();
      chunk.refused().forEach((reason, count) -> refused.merge(reason, count, Long::sum));
      candidates.addAll(chunk.front());
    }
    return new Outcome(points, fitting, refused, List.copyOf(sweep.fronts(candidates)));
  }

  private static String name(long first) {
    return String.format(Locale.ROOT, "%06d", first / CHUNK_POINTS);
  }

  private Chunk chunk(long first, long end) {
    Path chunkFolder = folder.resolve(CHUNKS);
    Path file = chunkFolder.resolve(name(first) + ".chunk");
    Path rows = chunkFolder.resolve(name(first) + ".csv");
    if (!allPoints || Files.isRegularFile(rows)) {
      Optional<Chunk> done = read(file).flatMap(text -> ChunkFile.read(text, digest));
      if (done.isPresent() && done.get().points() == end - first) {
        return done.get();
      }
    }
    RunFolder writer = RunFolder.create(chunkFolder);
    StringBuilder csv = new StringBuilder();
    Chunk chunk =
        Chunk.evaluate(
            sweep,
            first,
            end,
            allPoints ? (d, point) -> DesignRows.append(csv, d, point) : (d, point) -> {});
    if (allPoints) {
      writer.writeText(rows.getFileName().toString(), csv.toString());
    }
    // Last, because its presence says that the chunk is done.
    writer.writeText(file.getFileName().toString(), ChunkFile.write(chunk, digest));
    return chunk;
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The folder belongs to one sweep: another one would mix two designs' chunks. */
  private void claim() {
    RunFolder home = RunFolder.create(folder);
    Path owner = folder.resolve("sweep.id");
    Optional<String> there = read(owner);
    if (there.isPresent() && !there.get().strip().equals(digest)) {
      throw new RunFolderException(
          folder
              + " holds the exploration of another sweep, or of this one before its file, the"
              + " catalogue or the program changed; choose another folder with --out, or delete it");
    }
    home.writeText("sweep.id", digest + "\n");
  }

  private void joinPoints(int chunks) {
    Path temporary = folder.resolve("." + POINTS + ".tmp");
    try {
      try (var out = Files.newOutputStream(temporary)) {
        out.write(DesignRows.header().getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < chunks; i++) {
          Files.copy(folder.resolve(CHUNKS).resolve(name((long) i * CHUNK_POINTS) + ".csv"), out);
        }
      }
      Files.move(
          temporary,
          folder.resolve(POINTS),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new RunFolderException("cannot write " + folder.resolve(POINTS) + ": " + e, e);
    }
  }

  /** Everything that the values of a point depend on. */
  private static String digest(Sweep sweep, String text, String code) {
    StringBuilder all = new StringBuilder(text).append(code);
    sweep.devices().forEach(d -> all.append(d.device().quantities()));
    all.append(sweep.models()).append(sweep.economics());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}

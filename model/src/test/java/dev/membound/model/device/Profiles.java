package dev.membound.model.device;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.Map;

/** A calibrated CPU with round numbers. */
public final class Profiles {
  private Profiles() {}

  private static Quantity fitted(double value, double low, double high, String unit, String what) {
    return new Quantity(value, unit, low, high, Provenance.FITTED, what);
  }

  /** Two threads: 20 GB/s, 100 GFLOP/s, 5 µs to start, 16 GiB. */
  public static ProfileFile twoThreads() {
    return new ProfileFile(
        1,
        "run-1",
        "this-cpu",
        "A test CPU",
        16L << 30,
        List.of(
            new ProfileFile.Bandwidth(Residency.L1, 2, fitted(400e9, 390e9, 410e9, "B/s", "L1")),
            new ProfileFile.Bandwidth(Residency.DRAM, 1, fitted(12e9, 11e9, 13e9, "B/s", "DRAM 1")),
            new ProfileFile.Bandwidth(
                Residency.DRAM, 2, fitted(20e9, 19e9, 21e9, "B/s", "DRAM 2"))),
        fitted(0.5, 0.4, 0.6, "1", "copy"),
        List.of(
            new ProfileFile.Chunk(64, 2, fitted(0.2, 0.2, 0.2, "1", "chunks")),
            new ProfileFile.Chunk(4096, 2, fitted(0.5, 0.5, 0.5, "1", "chunks")),
            new ProfileFile.Chunk(4096, 1, fitted(0.7, 0.7, 0.7, "1", "chunks"))),
        List.of(
            new ProfileFile.ByThreads(1, fitted(50e9, 49e9, 51e9, "FLOP/s", "fma 1")),
            new ProfileFile.ByThreads(2, fitted(100e9, 98e9, 102e9, "FLOP/s", "fma 2"))),
        List.of(
            new ProfileFile.ByThreads(1, fitted(1e-6, 0, 2e-6, "s", "start 1")),
            new ProfileFile.ByThreads(2, fitted(5e-6, 0, 9e-6, "s", "start 2"))),
        Map.of(
            "gemv", fitted(2, 1.5, 4, "1", "overlap gemv"),
            "attention", fitted(1.5, 1.2, 2, "1", "overlap attention"),
            "topk", fitted(1.5, 1.2, 2, "1", "overlap topk")),
        Map.of(
            "gemv/Q4_0/FILE", fitted(0.2, 0.1, 0.3, "1", "Q4_0 file"),
            "gemv/Q4_0/PACKED", fitted(0.4, 0.3, 0.5, "1", "Q4_0 packed"),
            "gemv/Q8_0/FILE", fitted(1.6, 1.4, 1.8, "1", "Q8_0 in integers"),
            "gemv/F16/FILE", fitted(0.5, 0.4, 0.6, "1", "F16"),
            "gemv/FP8_E4M3_B128/PACKED", fitted(0.3, 0.2, 0.4, "1", "FP8"),
            "gemv/INT8_B128/PACKED", fitted(0.6, 0.5, 0.7, "1", "INT8"),
            "attention/FP8_E4M3/PAGED", fitted(0.1, 0.05, 0.2, "1", "FP8 attention"),
            "attention/F16/PAGED", fitted(0.25, 0.2, 0.3, "1", "attention")),
        fitted(100e-9, 90e-9, 110e-9, "s", "latency"),
        new ProfileFile.LogQuantiles(-0.05, 0.1),
        Map.of());
  }
}

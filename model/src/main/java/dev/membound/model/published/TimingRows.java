package dev.membound.model.published;

import java.util.List;
import java.util.stream.Stream;

/** What a calibration starts from: kernels or serving rows, or both. */
public record TimingRows(List<KernelTiming> kernels, List<ServingLatency> serving) {

  public TimingRows {
    kernels = List.copyOf(kernels);
    serving = List.copyOf(serving);
  }

  /** Catalogue names of the devices, in order of appearance. */
  public List<String> devices() {
    return Stream.concat(
            kernels.stream().map(KernelTiming::device),
            serving.stream().map(ServingLatency::device))
        .distinct()
        .toList();
  }

  /** The rows of one device. */
  public TimingRows of(String device) {
    return new TimingRows(
        kernels.stream().filter(row -> row.device().equals(device)).toList(),
        serving.stream().filter(row -> row.device().equals(device)).toList());
  }
}

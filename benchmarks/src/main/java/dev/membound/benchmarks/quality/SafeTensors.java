package dev.membound.benchmarks.quality;

import dev.membound.model.run.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A file in the <a href="https://github.com/huggingface/safetensors#format">safetensors format</a>:
 * the header's length in 8 bytes, a JSON header that names dtype, shape and place of every tensor,
 * then the data, little-endian and row-major. Reads F32, F16 and BF16.
 */
final class SafeTensors {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment data;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private enum Type {
    F32(4),
    F16(2),
    BF16(2);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /** One tensor of the file. */
  final class Tensor {
    private final Type type;
    private final long offset;
    private final long end;
    private final int[] shape;

    private Tensor(Type type, long offset, long end, int[] shape) {
      this.type = type;
      this.offset = offset;
      this.end = end;
      this.shape = shape;
    }

    private boolean overlaps(long from, long to) {
      return offset < to && from < end;
    }

    int[] shape() {
      return shape.clone();
    }

    /** The elements from a flat index on. */
    void read(long from, float[] target) {
      for (int i = 0; i < target.length; i++) {
        long at = offset + (from + i) * type.bytes;
        target[i] =
            switch (type) {
              case F32 -> data.get(FLOAT, at);
              case F16 -> Float.float16ToFloat(data.get(SHORT, at));
              case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
            };
      }
    }
  }

  private SafeTensors(Path file, MemorySegment data) {
    this.file = file;
    this.data = data;
  }

  /**
   * Maps a file.
   *
   * @param arena how long its tensors can be read
   * @throws IllegalArgumentException if it cannot be read or is no such file; one line that names
   *     it
   */
  static SafeTensors open(Path file, Arena arena) {
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return parse(file, all);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  static SafeTensors parse(Path file, MemorySegment all) {
    if (all.byteSize() < Long.BYTES) {
      throw damaged(file, "shorter than its header's length", null);
    }
    long header = all.get(LONG, 0);
    if (header < 2 || header > Math.min(MAX_HEADER_BYTES, all.byteSize() - Long.BYTES)) {
      throw damaged(file, "a header of " + header + " bytes does not fit", null);
    }
    String json =
        new String(
            all.asSlice(Long.BYTES, header).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    SafeTensors tensors = new SafeTensors(file, all.asSlice(Long.BYTES + header));
    try {
      JsonNode root = Json.mapper().readTree(json);
      if (!root.isObject()) {
        throw damaged(file, "the header is no JSON object", null);
      }
      for (Map.Entry<String, JsonNode> entry : root.properties()) {
        if (!entry.getKey().equals("__metadata__")) {
          tensors.add(entry.getKey(), entry.getValue());
        }
      }
    } catch (JacksonException e) {
      throw damaged(file, "the header is no JSON", e);
    }
    return tensors;
  }

  /**
   * A tensor of three dimensions.
   *
   * @throws IllegalArgumentException if there is none of that name, or of other dimensions
   */
  Tensor tensor3d(String name, String dimensions) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s holds no tensor %s %s; it holds %s"
              .formatted(
                  file,
                  name,
                  dimensions,
                  tensors.keySet().stream().map(SafeTensors::printable).toList()));
    }
    if (tensor.shape.length != 3) {
      throw new IllegalArgumentException(
          "%s: tensor %s has %d dimensions, not %s"
              .formatted(file, name, tensor.shape.length, dimensions));
    }
    if (IntStream.of(tensor.shape).anyMatch(size -> size == 0)) {
      throw new IllegalArgumentException("%s: tensor %s is empty".formatted(file, name));
    }
    return tensor;
  }

  private void add(String name, JsonNode node) {
    String dtype = node.path("dtype").asString("");
    Type type = null;
    for (Type known : Type.values()) {
      type = known.name().equals(dtype) ? known : type;
    }
    if (type == null) {
      return; // of no use here; what is needed and missing is named when it is asked for
    }
    JsonNode dimensions = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw damaged(file, "tensor " + printable(name) + " lacks shape or data_offsets", null);
    }
    int[] shape = new int[dimensions.size()];
    long elements = 1;
    for (int i = 0; i < shape.length; i++) {
      JsonNode size = dimensions.get(i);
      if (!size.canConvertToInt() || !size.isIntegralNumber() || size.intValue() < 0) {
        throw damaged(file, "tensor " + printable(name) + " has a dimension of " + size, null);
      }
      shape[i] = size.intValue();
      elements = Math.min(Long.MAX_VALUE / Integer.MAX_VALUE, elements) * shape[i];
    }
    List<Long> range =
        IntStream.range(0, 2)
            .mapToObj(i -> offsets.get(i).isIntegralNumber() ? offsets.get(i).asLong(-1) : -1L)
            .toList();
    long from = range.get(0);
    long to = range.get(1);
    if (from < 0
        || to < from
        || to > data.byteSize()
        || (to - from) % type.bytes != 0
        || (to - from) / type.bytes != elements) {
      throw damaged(
          file,
          "tensor %s of %d elements at bytes %d to %d of %d"
              .formatted(printable(name), elements, from, to, data.byteSize()),
          null);
    }
    for (Map.Entry<String, Tensor> other : tensors.entrySet()) {
      if (other.getValue().overlaps(from, to)) {
        throw damaged(
            file,
            "tensors %s and %s overlap".formatted(printable(other.getKey()), printable(name)),
            null);
      }
    }
    tensors.put(name, new Tensor(type, from, to, shape));
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  private static IllegalArgumentException damaged(Path file, String what, Exception cause) {
    return new IllegalArgumentException(
        file + " is no safetensors file or damaged: " + what, cause);
  }
}

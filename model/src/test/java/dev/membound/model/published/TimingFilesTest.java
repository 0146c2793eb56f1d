package dev.membound.model.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.catalogue.CatalogueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingFilesTest {
  private static final String SERVING_HEADER =
      "device,devices,model,weights,kv,engine,concurrency,prompt_tokens,output_tokens,tpot_ms\n";
  private static final String SERVING =
      SERVING_HEADER + "h100-sxm,2,llama-3.1-8b,fp8,bf16,vllm,32,1024,128,9.5\n";
  private static final String KERNEL =
      "device,kernel,query_heads,kv_heads,key_dim,value_dim,format,batch,context_tokens,time_us\n"
          + "h800-sxm,gqa-attention,32,8,128,128,bf16,16,4096,99.8\n";

  @Test
  void servingRowsAreReadInSiUnits() {
    ServingLatency row = TimingFiles.parse("my.csv", SERVING).serving().getFirst();
    assertThat(row.secondsPerToken()).isEqualTo(9.5e-3);
    assertThat(row.id()).isEqualTo("my.csv:2");
    assertThat(row.group()).isEqualTo("llama-3.1-8b, 2 x h100-sxm, fp8");
  }

  @Test
  void aColumnMayHaveAnotherUnitAndAnotherPlace() {
    String text = KERNEL.replace("time_us", "time_ms").replace("99.8", "0.0998");
    KernelTiming row = TimingFiles.parse("my.csv", text).kernels().getFirst();
    assertThat(row.seconds()).isEqualTo(0.0998e-3);
    assertThat(row.bytes()).isEqualTo(16L * 4096 * 2 * 8 * 128 * 2);
    assertThat(row.flops()).isEqualTo(4.0 * 16 * 4096 * 32 * 128);
  }

  @Test
  void commentsBlankLinesQuotesAndCarriageReturnsAreRead() {
    String text =
        "\uFEFF# my machine\r\n" + SERVING.replace("vllm", "\"vllm, \"\"tuned\"\"\"") + "\r\n";
    ServingLatency row =
        TimingFiles.parse("my.csv", text.replace("\n", "\r\n")).serving().getFirst();
    assertThat(row.engine().name()).isEqualTo("vllm, \"tuned\"");
    assertThat(row.id()).isNotEqualTo("my.csv:2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tpot_ms|tpot_min|my.csv:1: column 'tpot_min': 'min' is no unit of it; use one of [ns, us,"
            + " ms, s, years]",
        "tpot_ms|tpot|my.csv:1: column 'tpot' needs its unit at the end, for instance 'tpot_ns'",
        "concurrency|concurency|my.csv:1: unknown column 'concurency'; did you mean 'concurrency'?",
        "prompt_tokens|output_tokens|my.csv:1: column 'output_tokens' is there twice",
        "devices,|'devices,engine_version,'|my.csv:2: the row has 10 cells, the header 11",
        "32,|many,|my.csv:2: column 'concurrency': 'many' is no whole number",
        "32,|0,|my.csv:2: column 'concurrency': 0 is not within 1 to 2^40",
        "9.5|-1|my.csv:2: column 'tpot': -1 must be above 0 and finite",
        "9.5|NaN|my.csv:2: column 'tpot': NaN must be above 0 and finite",
        "9.5|fast|my.csv:2: column 'tpot': 'fast' is no number",
        "vllm||my.csv:2: column 'engine': is missing",
        "llama-3.1-8b|llama-3.1-7b|my.csv:2: column 'model': unknown model 'llama-3.1-7b'; did you"
            + " mean 'llama-3.1-70b' or 'llama-3.1-8b' or 'llama-3.2-1b'? (your own: give the path of"
            + " a .yaml file)"
      })
  void whatIsWrongIsNamedWithFileLineAndColumn(String found, String put, String message) {
    String text = SERVING.replaceFirst(found, put == null ? "" : put);
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", text))
        .isInstanceOf(CatalogueException.class)
        .hasMessage(message);
  }

  @Test
  void aMissingColumnIsNamed() {
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", "device,model\na,b\n"))
        .isInstanceOf(CatalogueException.class)
        .hasMessageStartingWith("my.csv:1: missing column 'concurrency', 'devices', 'engine'");
  }

  @Test
  void emptyFilesAreRefused() {
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", ""))
        .hasMessage("my.csv:1: the file is empty; its first line names the columns");
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", SERVING_HEADER))
        .hasMessage("my.csv:2: no row below the header");
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", SERVING + "\"open"))
        .hasMessage("my.csv:3: a quote is never closed");
  }

  @Test
  void anUnknownKernelOrFormatIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", KERNEL.replace("gqa-", "flash-")))
        .hasMessage(
            "my.csv:2: column 'kernel': 'flash-attention' is none of [gqa-attention,"
                + " mla-attention, dsa-indexer]");
    assertThatThrownBy(() -> TimingFiles.parse("my.csv", KERNEL.replace("bf16", "bf17")))
        .hasMessageStartingWith("my.csv:2: column 'format': unknown data format 'bf17'");
  }
}

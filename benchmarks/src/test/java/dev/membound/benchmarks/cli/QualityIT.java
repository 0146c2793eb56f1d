package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.QualityFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityIT {
  @TempDir private Path folder;

  @Test
  void aSweepPrintsItsTableAndJoinsTheRun() throws Exception {
    Path csv = folder.resolve("quality.csv");
    Program.Result result =
        Program.run(
            "quality",
            "--context",
            "1024",
            "--page",
            "16,32",
            "--budget",
            "64,256",
            "--query-heads",
            "4",
            "--kv-heads",
            "2",
            "--head-dim",
            "64",
            "--csv",
            csv.toString(),
            "--run",
            folder.toString());

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("structured keys, seed 1, context of 1,024", "Quest per group", "SnapKV");
    QualityFile file = RunFolder.open(folder).read(Document.QUALITY, QualityFile.class);
    // 2 budgets for 5 token methods but top-p, which has 2 rows; 4 page methods at 2 page sizes
    assertThat(file.rows()).hasSize(2 + 4 * 2 + 4 * 2 * 2);
    assertThat(Files.readAllLines(csv)).hasSize(file.rows().size() + 1);
  }
}

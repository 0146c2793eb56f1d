package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --peers                   | this build has no peers; run `./membound bench --peers` from
          --peers --forks 0         | --forks: 0 is not 1 or more
          --peers --cols 4097       | --cols: 4097 is not a multiple of 256, 256 or more
          --peers --kernel gemm     | --kernel
          --peers --frmat Q4_0      | --peers takes no options of JMH: --frmat Q4_0
          --forks 3                 | --peers
          --roofline --peers        | --roofline is for our own benchmarks
          GemvBenchmrak             | `./membound bench -l` lists them
          GemvBenchmark -p fromat=Q8_0 | no selected benchmark has a parameter 'fromat'; there are activations, batch
          GemvBenchmark -p format=Q9_0 | format of GemvBenchmark is one of F32, F16
          GemvBenchmark -p activations=INT9 | activations of GemvBenchmark is one of DEFAULT, FLOAT, INT8
          GemvBenchmark -p rows=many   | rows of GemvBenchmark is a whole number
          AttentionBenchmark -p scattered=yes | scattered of AttentionBenchmark is true or false
          AttentionBenchmark -p context | Unable to parse parameter string
          GemvBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=Q8_0 -p layout=FILE -p rows=64 -p cols=64,40 -p residency=L2 -p workingSetBytes=1 | 1 of 2 benchmarks failed
          GemvBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=F32 -p layout=FILE -p activations=INT8 -p residency=L2 -p workingSetBytes=1 | gave a result: F32 FILE has no INT8 path
          GemvBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=F32 -p rows=0 | must be at least 1, not 0 and 4096
          GemvBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=Q8_0 -p rows=1 -p cols=32 | is more than 262144 matrices of 34 bytes
          GemvBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=Q8_0 -p workingSetBytes=-1 | a working set of -1 bytes
          AttentionBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=F16 -p workingSetBytes=-1 | a working set of -1 bytes
          ReadBenchmark -f 0 -wi 0 -i 1 -r 1ms -p residency=L2 -p workingSetBytes=-1 | a working set of -1 bytes
          AttentionBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=F16 -p context=0 | a sequence of 0 bytes
          MlaBenchmark -f 0 -wi 0 -i 1 -r 1ms -p format=FP8 -p context=0 | a sequence of 0 bytes
          IndexerScanBenchmark -f 0 -wi 0 -i 1 -r 1ms -p context=0 | a sequence of 0 bytes
          KeyScoringBenchmark -f 0 -wi 0 -i 1 -r 1ms -p kvHeads=0 | a sequence of 0 bytes
          SelectBenchmark -f 0 -wi 0 -i 1 -r 1ms -p context=100 -p k=101 | k=101 is not between 1 and the 100 tokens
          SelectBenchmark -f 0 -wi 0 -i 1 -r 1ms -p context=100 -p k=-1 | k=-1 is not between 1 and the 100 tokens
          NearMemoryStepBenchmark -f 0 -wi 0 -i 1 -r 1ms -p context=100 -p budgetTokens=20 | a budget of 20 tokens in blocks of 16
          NearMemoryStepBenchmark -f 0 -wi 0 -i 1 -r 1ms -p context=100 -p budgetTokens=0 | a budget of 0 tokens in blocks of 16
          SharedPrefixBenchmark -f 0 -wi 0 -i 1 -r 1ms -p sequences=0 | 0 sequences; a group has 1 to 1024
          SharedPrefixBenchmark -f 0 -wi 0 -i 1 -r 1ms -p prefixTokens=100 | a prefix of 100 tokens in blocks of 16
          SharedPrefixBenchmark.flat -f 0 -wi 0 -i 1 -r 1ms -p suffixTokens=-1 | suffixes of -1 tokens
          SharedPrefixBenchmark -p residency=DISK | residency of SharedPrefixBenchmark is one of L1, L2, L3, DRAM
          CallBenchmark -f 0 -wi 0 -i 1 -r 1ms -p threads=100000 | a team of 100000 threads
          DecodeStepBenchmark.planned -f 0 -wi 0 -i 1 -r 1ms -p overlapExponent=4 -p model=nope | unknown model 'nope'
          DecodeStepBenchmark.planned -p overlapExponent=abc | overlapExponent of DecodeStepBenchmark is a number
          DecodeStepBenchmark.planned -f 0 -wi 0 -i 1 -r 1ms -p overlapExponent=0 | an overlap exponent of 0.0
          GemvBenchmark -o no/such/folder/file | -o: cannot write JMH's output: no/such/folder/file
          GemvBenchmark -nonsense      | `./membound bench -h` has JMH's options
          """)
  void badInputIsOneLine(String arguments, String expected) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));

    int exitCode = commandLine.execute(("bench " + arguments.strip()).split(" +"));

    assertThat(exitCode).isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("membound: ").contains(expected);
  }
}

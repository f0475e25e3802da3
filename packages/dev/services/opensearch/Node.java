import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node on 127.0.0.1, plain HTTP. Arguments: data folder, HTTP port, transport port. */
public class Node {
  public static void main(String[] args) throws Exception {
    try {
      var runner = new OpenSearchRunner();
      runner.setMaxHttpPort(65535);
      runner.onBuild((number, settings) -> {
        settings.put("network.host", "127.0.0.1");
        settings.put("transport.port", args[2]);
        settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        // A neighbour on this machine belongs to another suite.
        settings.putList("discovery.seed_hosts");
      });
      runner.build(OpenSearchRunner.newConfigs()
          .basePath(args[0])
          .clusterName("test")
          .numOfNode(1)
          .baseHttpPort(Integer.parseInt(args[1]) - 1) // the runner adds the node's number
          .indexStoreType("niofs"));
      Thread.sleep(Long.MAX_VALUE);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }
}

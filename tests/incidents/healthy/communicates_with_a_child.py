"""communicate() reads from a child that has not said anything yet."""
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
print("ready", flush=True)
child.communicate()

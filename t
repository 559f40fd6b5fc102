Error: clip.mp4: no such video. Check the path (the working folder is /work/main).
Command exited with non-zero status 2
video 0.43 s, cpu 0.37

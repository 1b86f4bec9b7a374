using System;
public class Tool{public static void Main(){System.Diagnostics.Process.Start("notepad.exe");}}

from regulars.cli.main import main

main(prog_name="regulars")
